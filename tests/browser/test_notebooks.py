"""Every notebook in JupyterLab in Chromium: Run All reaches the end, and nobody complains."""

import os
import pathlib
from collections.abc import Iterator

import pytest

from tests.browser import jupyter

REQUIRED = os.environ.get("KUBELAB_BROWSER") == "required"
FOLDER = jupyter.ROOT / "notebooks"
NOTEBOOKS = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*.ipynb"))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not jupyter.CHROMIUM and not REQUIRED, reason="no chromium on this machine"),
]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[jupyter.Page]:
    with jupyter.server(tmp_path_factory.mktemp("lab")) as url, jupyter.page(url) as page:
        yield page


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_run_all_reaches_the_end_without_an_error(front: jupyter.Page, notebook: str) -> None:
    front.wrong.clear()
    front.open(notebook)
    front.run_all()
    cells = front.cells()
    assert cells
    assert all(cell["count"] for cell in cells), "a cell did not run"
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [o for o in outputs if o["output_type"] == "error"] == []
    assert [o for o in outputs if o.get("name") == "stderr"] == []
    assert front.page.locator(".jp-OutputArea-output [role=alert]").count() == 0
    panels = sum("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)
    shown = front.page.locator(".jp-OutputArea-output:has(.jupyter-widgets)").count()
    assert shown == panels, f"{panels} widgets, {shown} on the page"
    front.shot(notebook.replace("/", "-").removesuffix(".ipynb"))
    front.close()
    assert front.wrong == []


def test_there_are_sixteen_notebooks_or_more() -> None:
    assert len(NOTEBOOKS) >= 16
    korean, english = ([pathlib.Path(p).name for p in NOTEBOOKS if p.startswith(lang)] for lang in ("ko/", "en/"))
    assert korean == english
