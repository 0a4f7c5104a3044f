"""Key press -> new picture in JupyterLab in Chromium: our panels beside `interact` with pyplot, in one run.

    python tests/benchmarks/latency.py [--moves 30]

Each slider is moved by the arrow keys, one press at a time. The clock starts at the key's event in the page and stops
at the animation frame after the picture beside the slider has changed. Machines are noisy: read the ratios.
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from tests.benchmarks.bench import MANIFEST, SERVICE
from tests.browser import jupyter

SETUP = f"""
import kubelab
lab = kubelab.Lab(seed=3, lang="en")
lab.kubectl("create -f -", stdin={MANIFEST % 3!r})
lab.kubectl("create -f -", stdin={SERVICE % "mynapp-svc"!r});
"""
INTERACT = """
import ipywidgets, matplotlib.pyplot as plt, numpy
%matplotlib inline
def draw(n=3):
    names = [f"mynapp-rs-{i}" for i in range(n)]
    counts = numpy.bincount(numpy.random.default_rng(n).integers(0, max(n, 1), 300), minlength=n)[:n]
    figure, axes = plt.subplots(figsize=(7.6, 2.4))
    bars = axes.bar(names, counts)
    axes.bar_label(bars)
    axes.axhline(300 / max(n, 1), linestyle="--")
    axes.set(title="300 requests, by pod", ylabel="requests")
    figure.tight_layout()
    plt.show()
ipywidgets.interact(draw, n=(0, 12));
"""
"""The picture of the requests as most would write it: labelled bars and the expected share."""

FLOOR = """
import ipywidgets
slider, picture = ipywidgets.IntSlider(3, 0, 12), ipywidgets.HTML()
def draw(change=None):
    bars = "".join(f'<rect x="{60 * i}" y="20" width="50" height="80"/>' for i in range(slider.value))
    picture.value = f'<svg role="img" width="720" height="120">{bars}</svg>'
slider.observe(draw, "value")
draw()
ipywidgets.VBox([slider, picture])
"""
"""What nothing can beat: one small SVG in one HTML widget, no cluster, no words."""

BOARD = SETUP + 'lab.board("rs/mynapp-rs", "mynapp-svc")'
CELLS = (INTERACT, FLOOR, SETUP + 'lab.replicas("rs/mynapp-rs")', BOARD)
CASES = {
    "interact with pyplot": (0, 0),
    "one SVG without a cluster": (1, 0),
    "ReplicasPanel": (2, 0),
    "Board, its replicas": (3, 0),
    "Board, its endpoints": (3, 1),
    "Board, its distribution": (3, 2),
}
"""The cell, and which of its pictures is watched."""

PRESS = """
([root, nth]) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("no new picture in 10 s")), 10000);
  const area = document.querySelectorAll('.jp-Cell .jp-Cell-outputArea')[root];
  const find = () => [...area.querySelectorAll('img, svg[role=img]')][nth];
  const look = () => { const x = find(); return x ? (x.src || x.outerHTML) : ''; };
  const handle = area.querySelector('.noUi-handle');
  const before = look();
  let start = 0;
  const watch = new MutationObserver(() => {
    const x = find();
    if (!x || look() === before || (x.tagName === 'IMG' && !x.complete)) return;
    watch.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - start));
  });
  watch.observe(area, {subtree: true, childList: true, attributes: true, characterData: true});
  document.addEventListener('keydown', () => { start = performance.now(); }, {once: true, capture: true});
  handle.focus({preventScroll: true});
})
"""


def notebook(path: pathlib.Path) -> None:
    empty = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [{**empty, "id": f"c{at}", "source": source} for at, source in enumerate(CELLS)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))


def press(front: jupyter.Page, cell: int, nth: int, key: str) -> float:
    """One key press; ms until the picture has changed."""
    page = front.page
    page.locator(".jp-Cell").nth(cell).locator(".noUi-handle").first.scroll_into_view_if_needed()
    waiting = page.evaluate_handle(f"args => ({{result: ({PRESS})(args)}})", [cell, nth])
    page.keyboard.press(key)
    spent = page.evaluate("async box => await box.result", waiting)
    page.wait_for_timeout(150)
    return float(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description="Key press to new picture, beside interact with pyplot.")
    parser.add_argument("--moves", type=int, default=30)
    moves = parser.parse_args().moves
    spent: dict[str, list[float]] = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as folder, jupyter.server(pathlib.Path(folder)) as url:
        notebook(pathlib.Path(folder) / "notebooks" / "x.ipynb")
        with jupyter.page(url) as front:
            front.open("x.ipynb")
            front.run_all()
            for move in range(-3, moves):  # the first three warm up; the cases take turns, so all meet the same noise
                for name, (cell, nth) in CASES.items():
                    took = press(front, cell, nth, "ArrowRight" if move % 2 else "ArrowLeft")
                    spent[name] += [took] if move >= 0 else []
            front.close()
    base = statistics.median(spent["interact with pyplot"])
    print("| picture | median ms | p95 ms | of interact |\n|---|---|---|---|")
    for name, times in spent.items():
        median, worst = statistics.median(times), sorted(times)[int(0.95 * (len(times) - 1))]
        print(f"| {name} | {median:.0f} | {worst:.0f} | {median / base:.2f} |")


if __name__ == "__main__":
    main()
