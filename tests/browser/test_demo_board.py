"""The demo board by keyboard, in both languages, light and dark: scenes, replicas, affinity, undo."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kubelab.widgets import words
from tests.browser import jupyter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        not jupyter.CHROMIUM and os.environ.get("KUBELAB_BROWSER") != "required", reason="no chromium on this machine"
    ),
]


@pytest.fixture(scope="module", params=["light", "dark"])
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[jupyter.Page]:
    theme = f"JupyterLab {request.param.title()}"
    with (
        jupyter.server(tmp_path_factory.mktemp("lab"), theme) as url,
        jupyter.page(url, height=1500, width=1440) as front,
    ):
        front.theme = request.param  # type: ignore[attr-defined]
        yield front


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_board_by_keyboard(front: jupyter.Page, lang: str) -> None:
    front.wrong.clear()
    front.open(f"{lang}/demo-board.ipynb")
    front.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    front.run_all()
    board: Any = front.page.locator(".kubelab-board")

    def say(key: str, **values: object) -> str:
        return words.say(lang, key, **values)

    def press(name: str, key: str = "Enter", role: str = "button") -> None:
        board.get_by_role(role, name=say(name), exact=True).first.press(key)

    def spread_over(pods: int) -> None:
        """Wait until the picture of the requests names so many pods: pictures reach the page one after another."""
        sent = re.escape(say("sent", requests=300, clients=20, failures=0))
        each = rf"[^(]*\((mynapp-rs-\w+ \d+, ){{{pods - 1}}}mynapp-rs-\w+ \d+\)"
        board.get_by_role("img", name=re.compile(sent + each)).wait_for()

    board.scroll_into_view_if_needed()
    for number in (4, 5, 6):
        press("more")
        board.get_by_role("img", name=say("wanted_ready", wanted=number, ready=number)).wait_for()
    board.get_by_role("img", name=say("endpoints_said", service="mynapp-svc", ready=6, all=6)).wait_for()
    spread_over(6)
    front.shot(f"board-{lang}-{front.theme}")  # type: ignore[attr-defined]
    press("undo")
    board.get_by_role("img", name=say("wanted_ready", wanted=5, ready=5)).wait_for()
    board.get_by_role("img", name=say("endpoints_said", service="mynapp-svc", ready=5, all=5)).wait_for()

    press("sticky", "Space", "checkbox")
    board.get_by_text('"sessionAffinity":"ClientIP"').wait_for()
    press("undo")
    board.get_by_text("lab.undo()").wait_for()
    board.locator("input[type=checkbox]:not(:checked)").first.wait_for()

    board.get_by_role("combobox", name=say("scene")).select_option(label=say("scene break"))
    press("open")
    board.get_by_role("img", name=say("wanted_ready", wanted=4, ready=4)).wait_for()
    press("unready_it")
    board.get_by_role("img", name=say("endpoints_said", service="mynapp-svc", ready=3, all=4)).wait_for()
    press("relabel")
    board.get_by_role("img", name=say("endpoints_said", service="mynapp-svc", ready=4, all=4)).wait_for()
    front.shot(f"board-broken-{lang}-{front.theme}")  # type: ignore[attr-defined]
    assert board.locator("[role=alert]").count() == 0
    front.close()
    assert front.wrong == []
