"""Builds `notebooks/ko` and `notebooks/en` from the lessons' sources.

    python -m kubelab.lessons.build             write the notebooks; outputs are kept where the code has not changed
    python -m kubelab.lessons.build --execute   run every notebook and keep what it prints
    python -m kubelab.lessons.build --check     write nothing; say which notebooks are not what their source says

A notebook is run in an empty folder named after its language: the files it writes begin anew. What would differ from
run to run is left out: widget state, timings, the version of Python. Names of lessons may follow (`1-4`).
"""

import argparse
import asyncio
import json
import os
import pathlib
import re
import sys
import tempfile
from typing import Any

from kubelab.lessons import lesson, shelf

Notebook = dict[str, Any]

HOME = pathlib.Path(__file__).parents[2]
NOTEBOOKS = HOME / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LIVE = "application/vnd.jupyter.widget-view+json"
SECONDS_PER_CELL = 120

LANGUAGE_NAMES = {"ko": "한국어", "en": "English"}
TEXTS = {
    "contents": ("차례", "Contents"),
    "time": ("**시간** {minutes}분", "**Time** {minutes} minutes"),
    "needs": ("**먼저 볼 것** {links}", "**Before this** {links}"),
    "needs_nothing": ("**먼저 볼 것** 없음", "**Before this** nothing"),
    "goals": ("이 절을 마치면 다음을 할 수 있습니다.", "After this lesson you can:"),
    "toc": ("| 절 | 시간 | 다른 언어 |", "| Lesson | Time | Other language |"),
    "minutes": ("{minutes}분", "{minutes} min"),
}


def _say(lang: str, key: str, **values: object) -> str:
    return TEXTS[key][lesson.LANGS.index(lang)].format(**values)


def _other(lang: str) -> str:
    return next(each for each in lesson.LANGS if each != lang)


# ---- the cells that are made, not written


def head(each: lesson.Lesson, lang: str) -> str:
    """The first cell: title, the other language, the story, time, what to read before, goals."""
    other = _other(lang)
    links = ", ".join(f"[{shelf.find(name).title[lang]}]({name}.ipynb)" for name in each.needs)
    needs = _say(lang, "needs", links=links) if links else _say(lang, "needs_nothing")
    parts = [
        f"# {each.title[lang]}",
        f"[{LANGUAGE_NAMES[other]}](../{other}/{each.name}.ipynb)",
        each.story[lang],
        f"{_say(lang, 'time', minutes=each.minutes)} · {needs}",
    ]
    if goals := each.goals[lang]:
        parts.append(_say(lang, "goals") + "\n\n" + "\n".join(f"- {goal}" for goal in goals))
    return "\n\n".join(parts)


def navigation(each: lesson.Lesson, lang: str) -> str:
    """The last cell: the neighbours, the contents, the other language."""
    names = shelf.names()
    at, other = names.index(each.name), _other(lang)
    links = []
    if at > 1:
        links.append(f"[← {shelf.find(names[at - 1]).title[lang]}]({names[at - 1]}.ipynb)")
    if at > 0:
        links.append(f"[{_say(lang, 'contents')}]({names[0]}.ipynb)")
    if at + 1 < len(names):
        links.append(f"[{shelf.find(names[at + 1]).title[lang]} →]({names[at + 1]}.ipynb)")
    links.append(f"[{LANGUAGE_NAMES[other]}](../{other}/{each.name}.ipynb)")
    return "---\n\n" + " · ".join(links)


def contents(lang: str) -> str:
    """The table of contents: every lesson but the first, its time, and the same lesson in the other language."""
    other = _other(lang)
    rows = [_say(lang, "toc"), "|---|---|---|"]
    for name in shelf.names()[1:]:
        each = shelf.find(name)
        here, there = f"[{each.title[lang]}]({name}.ipynb)", f"[{each.title[other]}](../{other}/{name}.ipynb)"
        rows.append(f"| {here} | {_say(lang, 'minutes', minutes=each.minutes)} | {there} |")
    return "\n".join(rows)


# ---- a notebook


def notebook(each: lesson.Lesson, lang: str) -> Notebook:
    """One lesson in one language, without outputs."""
    cells = [_markdown("head", head(each, lang))]
    for cell in each.cells:
        if isinstance(cell, lesson.Prose):
            cells.append(_markdown(cell.key, cell.text[lang].replace("{contents}", contents(lang))))
        else:
            cells.append(_code(cell))
    cells.append(_markdown("nav", navigation(each, lang)))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _markdown(key: str, text: str) -> Notebook:
    return {"cell_type": "markdown", "id": key, "metadata": {}, "source": text}


def _code(cell: lesson.Code) -> Notebook:
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    made = {"cell_type": "code", "id": cell.key, "metadata": metadata, "source": cell.text}
    return {**made, "execution_count": None, "outputs": []}


def code_of(book: Notebook) -> list[tuple[str, str]]:
    """The code cells' ids and sources."""
    return [(cell["id"], _joined(cell["source"])) for cell in book["cells"] if cell["cell_type"] == "code"]


def without_outputs(book: Notebook) -> Notebook:
    """The notebook as its source says it."""
    cells = [dict(cell, source=_joined(cell["source"])) for cell in book["cells"]]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
    return {**book, "cells": cells}


def with_outputs_of(fresh: Notebook, old: Notebook | None) -> Notebook:
    """The notebook with the outputs that an older one has, if its code is the same."""
    if old is None or code_of(old) != code_of(fresh):
        return fresh
    run = {cell["id"]: cell for cell in old["cells"] if cell["cell_type"] == "code"}
    cells = [
        dict(cell, execution_count=run[cell["id"]]["execution_count"], outputs=run[cell["id"]]["outputs"])
        if cell["cell_type"] == "code"
        else cell
        for cell in fresh["cells"]
    ]
    return {**fresh, "cells": cells}


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


# ---- running


def execute(book: Notebook, lang: str) -> Notebook:
    """The notebook with its outputs, run from top to bottom in an empty folder of its language."""
    import nbclient
    import nbformat
    from traitlets.config import Config

    node = nbformat.from_dict(without_outputs(book))  # type: ignore[no-untyped-call]
    client = nbclient.NotebookClient(
        node,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )
    paths = [str(HOME), os.environ.get("PYTHONPATH", "")]
    ours = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "KUBELAB_LANG": "", "KUBELAB_PROGRESS": ""}
    env = {**os.environ, **ours}
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / lang
        place.mkdir()
        client.resources = {"metadata": {"path": str(place)}}
        if os.name == "posix":  # kernels that start at the same moment may draw the same port, but never the same file
            at = {"transport": "ipc", "connection_file": str(pathlib.Path(folder) / "kernel.json")}
            client.config = Config({"KernelManager": at})
        asyncio.run(client.async_execute(env=env))
    return {**book, "cells": [_tidy(cell) for cell in json.loads(json.dumps(node))["cells"]]}


def _tidy(cell: Notebook) -> Notebook:
    cell = dict(cell, source=_joined(cell["source"]))
    if cell["cell_type"] == "code":
        cell["metadata"].pop("execution", None)
        cell["outputs"] = [_tidy_output(output) for output in cell["outputs"]]
    return cell


def _tidy_output(output: Notebook) -> Notebook:
    data = output.get("data")
    if data:
        kept = {kind: _joined(value) for kind, value in data.items() if kind != LIVE or len(data) == 1}
        output = dict(output, data=kept)
    if "text" in output:
        output = dict(output, text=_joined(output["text"]))
    return output


def same_outputs(one: Notebook, other: Notebook) -> list[str]:
    """The ids of the cells whose outputs differ; the pixels of pictures may (fonts and libraries differ)."""
    pairs = zip(_outputs(one), _outputs(other), strict=True)
    return [key for (key, left), (_, right) in pairs if left != right]


def _outputs(book: Notebook) -> list[tuple[str, Any]]:
    return [(cell["id"], _no_pixels(cell["outputs"])) for cell in book["cells"] if cell["cell_type"] == "code"]


def _no_pixels(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: "picture" if k == "image/png" else _no_pixels(_joined(v) if _is_lines(v) else v)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_no_pixels(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"data:image/png;base64,[A-Za-z0-9+/=\s]+", "picture", value)
    return value


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


# ---- files


def path(each: lesson.Lesson, lang: str) -> pathlib.Path:
    """Where a lesson's notebook is kept."""
    return NOTEBOOKS / lang / f"{each.name}.ipynb"


def read(file: pathlib.Path) -> Notebook | None:
    """A notebook file, None if there is none."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def text_of(book: Notebook) -> str:
    """A notebook as it is written: sorted keys, lines of text as lists, as Jupyter does."""
    cells = []
    for cell in book["cells"]:
        cell = dict(cell, source=_joined(cell["source"]).splitlines(keepends=True))
        if "outputs" in cell:
            cell["outputs"] = [_written(output) for output in cell["outputs"]]
        cells.append(cell)
    return json.dumps({**book, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _written(output: Notebook) -> Notebook:
    if "text" in output:
        output = dict(output, text=_joined(output["text"]).splitlines(keepends=True))
    if "data" in output:
        texts = {
            k: _joined(v).splitlines(keepends=True) if k.startswith("text/") else v for k, v in output["data"].items()
        }
        output = dict(output, data=texts)
    return output


def main(argv: list[str] | None = None) -> int:
    """Build, run or check the notebooks; 1 if a check found a difference."""
    parser = argparse.ArgumentParser(
        prog="python -m kubelab.lessons.build", description="Build the lessons' notebooks."
    )
    parser.add_argument("names", nargs="*", help="lessons (all by default), by the beginning of their name: 1-4")
    parser.add_argument("--execute", action="store_true", help="run the notebooks and keep their outputs")
    parser.add_argument("--check", action="store_true", help="write nothing, name the notebooks that are not current")
    asked = parser.parse_args(argv)
    chosen = [name for name in shelf.names() if not asked.names or name.startswith(tuple(asked.names))]
    stale = []
    for each in map(shelf.find, chosen):
        for lang in lesson.LANGS:
            stale += _build(each, lang, run=asked.execute, check=asked.check)
    for file in stale:
        print(f"not current: {file}" if asked.check else f"written: {file}", file=sys.stderr)
    return 1 if asked.check and stale else 0


def _build(each: lesson.Lesson, lang: str, *, run: bool, check: bool) -> list[pathlib.Path]:
    file = path(each, lang)
    old, fresh = read(file), notebook(each, lang)
    wanted = execute(fresh, lang) if run else with_outputs_of(fresh, old)
    if old is not None and text_of(old) == text_of(wanted):
        return []
    if check and run and old is not None and code_of(old) == code_of(wanted) and not same_outputs(old, wanted):
        return []
    if not check:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text_of(wanted), encoding="utf-8")
    return [file]


if __name__ == "__main__":
    sys.exit(main())
