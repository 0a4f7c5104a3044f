import re
import xml.dom.minidom
from collections.abc import Callable
from typing import Any

import pytest

from kubelab.network import hops
from kubelab.sim import trace
from kubelab.widgets import draw, figures, hopwords, pictures, tables, views
from tests.widgets import small

OKABE_ITO = {"#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442"}
PODS = [0, 1, 3, 6, 9, 17, 44, 45, 100, 300]


def seen(pods: int, lang: str = "ko") -> dict[str, Any]:
    lab = small.Lab(lang, wanted=pods)
    loose, sticky = (views.distribution(lab.cluster, lab.traffic(name, 200, 30)) for name in ("svc", "sticky"))
    view = views.endpoints(lab.cluster, "svc")
    assert view is not None
    return {
        "replicas": views.replicas(lab.cluster, "rs/web"),
        "endpoints": views.compared(view, views.endpoints(small.Lab(wanted=2).cluster, "svc")),
        "bars": loose,
        "affinity": [loose, sticky],
    }


@pytest.mark.parametrize("pods", PODS)
@pytest.mark.parametrize("name", ["replicas", "endpoints", "bars", "affinity"])
def test_every_picture_is_well_formed_labelled_and_of_one_height(name: str, pods: int) -> None:
    make: Callable[[Any, str], str] = getattr(pictures, name)
    height = getattr(pictures, f"{name.upper()}_HEIGHT")
    for lang in ("ko", "en"):
        text = make(seen(pods)[name], lang)
        root = xml.dom.minidom.parseString(text).documentElement
        assert root.getAttribute("role") == "img"
        assert len(root.getAttribute("aria-label")) > 5
        assert root.getAttribute("viewBox") == f"0 0 720 {height}"
        assert len(text) < 60_000


@pytest.mark.parametrize("name", ["replicas", "endpoints", "bars", "affinity"])
def test_pictures_stay_inside_their_box(name: str) -> None:
    for pods in PODS:
        root = xml.dom.minidom.parseString(getattr(pictures, name)(seen(pods)[name], "ko"))
        height = getattr(pictures, f"{name.upper()}_HEIGHT")
        for box in root.getElementsByTagName("rect"):
            x, y, w, h = (float(box.getAttribute(side)) for side in ("x", "y", "width", "height"))
            assert -0.5 <= x <= x + w <= 720.5
            assert -0.5 <= y <= y + h <= height + 0.5
        for words in root.getElementsByTagName("text"):
            assert 0 <= float(words.getAttribute("x")) <= 720
            assert 5 <= float(words.getAttribute("y")) <= height + 3


def test_colours_are_okabe_ito_or_the_themes() -> None:
    views_ = seen(6)
    text = "".join(getattr(pictures, name)(view, "ko") for name, view in views_.items())
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", text)) <= OKABE_ITO | {"#9e9e9e"}


def test_names_are_escaped_everywhere() -> None:
    evil = '<img src=x onerror="alert(1)">&'
    rows = (views.Endpoint(evil, evil, evil, "ready", ""),)
    view = views.EndpointList(evil, "ClusterIP", evil, (evil,), evil, evil, rows)
    spread = views.Distribution(evil, True, 1, {}, (views.Share(evil, 1),), 1, 1, 1, (evil,), ((1,),))
    replicas = views.Replicas("ReplicaSet", evil, 1, 1, 1, (views.PodDot(evil, "ready"),))
    html = pictures.endpoints(view, "ko") + pictures.bars(spread, "ko") + pictures.affinity([spread, spread], "ko")
    html += pictures.replicas(replicas, "ko") + draw.alert(evil, evil) + draw.command(evil, evil) + draw.calm(evil, 9)
    html += "".join(t.html("ko") for t in (tables.endpoints(view, "ko"), tables.clients(spread, "ko")))
    assert "<img" not in html
    assert "onerror=" not in html.replace("onerror=&quot;", "")


def test_tables_have_caption_and_heads() -> None:
    html = tables.endpoints(seen(3)["endpoints"], "ko").html("ko")
    root = xml.dom.minidom.parseString(html)
    assert len(root.getElementsByTagName("caption")) == 1
    assert [th.getAttribute("scope") for th in root.getElementsByTagName("th")] == ["col"] * 5 + ["row"] * 3


def test_long_tables_say_how_much_is_left_out() -> None:
    assert "200" in tables.replicas(seen(300)["replicas"], "en").html("en").rpartition("</table>")[2]


def test_text_tables_line_up_with_korean_heads() -> None:
    lines = tables.distribution(seen(2)["bars"], "ko").text().splitlines()
    assert lines[1].startswith("파드   받은 요청")
    assert lines[2].startswith("web-0  100")


@pytest.mark.parametrize("pods", [1, 6, 45, 300])
def test_figures_render_without_a_warning_and_without_korean(pods: int) -> None:
    got = seen(pods)
    made = [
        figures.replicas(got["replicas"]),
        figures.endpoints(got["endpoints"]),
        figures.distribution(got["bars"]),
        figures.affinity(got["affinity"]),
        figures.clients(got["bars"]),
    ]
    for figure in made:
        assert figures.png(figure).startswith(b"\x89PNG")
        shown = [text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]
        assert all(words.replace("\u2212", "-").isascii() for words in shown)


def test_a_figure_is_the_same_bytes_every_time() -> None:
    view = seen(3)["bars"]
    assert figures.png(figures.distribution(view)) == figures.png(figures.distribution(view))


def test_figures_leave_pyplot_alone() -> None:
    import subprocess
    import sys

    code = "import sys, kubelab.widgets.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_traffic_figure_shows_itself_with_words_and_a_table() -> None:
    lab = small.Lab("ko")
    figure = figures.traffic(lab.cluster, lab.traffic("svc", 300, 20), lang="ko")
    data = figure._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert 'alt="svc: 요청 300번' in data["text/html"]
    assert "<caption" in data["text/html"]
    assert "web-2  100" in data["text/plain"]
    both = figures.compare(lab.cluster, [lab.traffic(name, 60, 6) for name in ("svc", "sticky")], lang="en")
    assert "Clients that met one pod only: 6 of 6" in both.said


def path(rules: int) -> hops.Path:
    odds = {"endpoint": "10.233.101.1:8080", "odds": "1/3", "drawn": "0.81"}
    steps = [
        hops.Hop(hops.RULE, "kube-node1", "{endpoint}: odds {odds}, drawn {drawn}: no", odds, "KUBE-SVC-X")
    ] * rules
    values = {"pod": "web-<1>", "source": "10.233.76.9"}
    end = hops.Verdict(hops.ANSWERED, "{pod} sees {source} and answers", values, pod="web-<1>", address="10.1.1.1:8080")
    return hops.Path("nettool", "http://svc", tuple(steps), end)


@pytest.mark.parametrize("rules", [0, 1, 9, 30])
def test_a_request_is_drawn_up_to_the_step_shown(rules: int) -> None:
    for lang, word in (("ko", "확률"), ("en", "odds")):
        for shown in range(rules + 2):
            root = xml.dom.minidom.parseString(pictures.request(path(rules), shown, lang)).documentElement
            assert len(root.getElementsByTagName("circle")) == min(shown, rules, 9)
            assert (word in root.toxml()) == (shown > 0 and rules > 0)
            assert ("web-" in root.toxml()) == (shown > rules)
            for words in root.getElementsByTagName("text"):
                assert 5 <= float(words.getAttribute("y")) <= pictures.REQUEST_HEIGHT
    assert len(tables.request(path(rules), "ko").rows) == rules + 1


def test_reasons_in_korean_have_the_gaps_of_the_english_ones() -> None:
    for english, korean in hopwords.KOREAN.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", korean))


def test_the_timeline_has_a_lane_for_each_loop() -> None:
    lines = tuple(trace.Line(1_795_392_000_000 + i, f"loop-{i % 12}", "did <b> " * i) for i in range(40))
    view = views.Timeline(lines, 40, 1_795_392_000_040, None)
    root = xml.dom.minidom.parseString(pictures.timeline(view, "ko")).documentElement
    assert "00:00:00.039" in root.toxml()
    assert len(root.getElementsByTagName("text")) == 36
    assert figures.png(figures.timeline(view)).startswith(b"\x89PNG")
    assert pictures.timeline(views.Timeline((), 0, 0, None), "en")
