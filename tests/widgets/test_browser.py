"""The panels in JupyterLab in Chromium: by keyboard, by role and name, light and dark, in both languages."""

import os
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest

from tests.browser import jupyter
from tests.widgets import test_real

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        not jupyter.CHROMIUM and os.environ.get("KUBELAB_BROWSER") != "required", reason="no chromium on this machine"
    ),
]

SETUP = f"""
import kubelab
from kubelab.widgets import panels
lab = kubelab.Lab(seed=3, lang="LANG")
lab.kubectl("create -f -", stdin={test_real.MANIFEST!r})
lab.kubectl("expose rs mynapp-rs --name=mynapp-svc --port=80 --target-port=8080")
lab.kubectl("expose rs mynapp-rs --name=mynapp-svc-ses-aff --port=80 --target-port=8080 --session-affinity=ClientIP")
lab.kubectl("run nettool --image=c1t1d0s7/network-multitool");
"""
CELLS = (
    'panels.Board(lab, "rs/mynapp-rs", "mynapp-svc")',
    'panels.AffinityPanel(lab, "mynapp-svc", "mynapp-svc-ses-aff", clients=8)',
    'panels.OneRequestPanel(lab, "mynapp-svc")',
)


def write(path: pathlib.Path, lang: str) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP.replace("LANG", lang), *CELLS)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="module", params=["light", "dark"])
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[jupyter.Page]:
    work = tmp_path_factory.mktemp("lab")
    theme = f"JupyterLab {request.param.title()}"
    with jupyter.server(work, theme) as url, jupyter.page(url, height=2400) as front:
        write(work / "notebooks" / "panels.ipynb", "ko" if request.param == "dark" else "en")
        front.open("panels.ipynb")
        front.run_all()
        front.theme = request.param  # type: ignore[attr-defined]
        yield front
        assert front.page.locator("[role=alert]").count() == 0
        front.close()
        assert front.wrong == []


def test_controls_have_names(front: jupyter.Page) -> None:
    for panel in front.page.locator(".kubelab-panel").all():
        tree = panel.aria_snapshot()
        nameless = re.findall(r"- (?:button|spinbutton|combobox|checkbox|textbox|radio|img|heading)(?! [\"'/])", tree)
        assert nameless == []
        assert re.search(r'img "\S', tree)


def test_keys_move_the_replicas_and_everything_follows(front: jupyter.Page) -> None:
    page: Any = front.page
    korean = front.theme == "dark"  # type: ignore[attr-defined]
    board = page.locator(".kubelab-board")
    box = board.get_by_role("spinbutton", name="레플리카" if korean else "Replicas")
    box.focus()
    box.fill("5")
    box.press("Enter")
    said = "원하는 수 {0}, 준비됨 {0}" if korean else "{0} wanted, {0} ready"
    board.get_by_role("img", name=said.format(5)).wait_for()
    handle = board.locator(".noUi-handle")
    handle.focus()
    handle.press("ArrowRight")
    board.get_by_role("img", name=said.format(6)).wait_for()
    assert box.input_value() == "6"
    counted = "준비된 엔드포인트 6개" if korean else "6 ready of 6 endpoints"
    board.get_by_role("img", name=counted).wait_for()
    six = r"[^(]*\((mynapp-rs-\w+ \d+, ){5}mynapp-rs-\w+ \d+\)"  # pictures reach the page one after another
    board.get_by_role("img", name=re.compile(("요청 300번" if korean else "300 requests") + six)).wait_for()
    front.shot(f"panels-{front.theme}")  # type: ignore[attr-defined]


def test_buttons_and_boxes_work_by_keyboard(front: jupyter.Page) -> None:
    page: Any = front.page
    korean = front.theme == "dark"  # type: ignore[attr-defined]
    board = page.locator(".kubelab-board")
    board.get_by_role("checkbox", name="세션 어피니티" if korean else "session affinity").press("Space")
    page.get_by_text('"sessionAffinity":"ClientIP"').wait_for()
    board.get_by_role("button", name="되돌리기" if korean else "Undo").press("Enter")
    page.get_by_text("lab.undo()").wait_for()
    page.wait_for_function("() => !document.querySelector('.kubelab-board .widget-checkbox input:checked[disabled]')")
    request = page.locator(".kubelab-panel").last
    request.get_by_role("button", name="요청하기" if korean else "Send one request").press("Enter")
    page.get_by_text("kubectl exec nettool -- curl -s http://mynapp-svc").wait_for()
    request.get_by_role("button", name="끝까지" if korean else "To the end").press("Enter")
    request.get_by_role("img", name="응답함" if korean else "answered").wait_for()
