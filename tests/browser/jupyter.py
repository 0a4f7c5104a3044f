"""A private JupyterLab over a copy of the notebooks, and a Chromium page in front of it."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ROOT = pathlib.Path(__file__).parent.parent.parent
SHOTS = pathlib.Path(__file__).parent / "shots"
STARTS_WITHIN = 90


@dataclass
class Page:
    """A browser page, and what went wrong in it."""

    page: Any
    url: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a notebook and wait until its kernel is there (before that, Run All would ask which kernel)."""
        self.page.goto(f"{self.url}/lab/tree/{path}?reset")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        self.page.wait_for_function(
            """() => {
              const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
              return session?.isReady && session.session?.kernel?.status === 'idle';
            }""",
            timeout=60_000,
        )

    def run_all(self, timeout_s: int = 120) -> None:
        """Run all cells and wait for the last."""
        done: Any = self.page.evaluate_handle(
            """() => {
              const r = {};
              window.jupyterapp.commands.execute('notebook:run-all-cells')
                .then(() => r.done = 1, e => r.done = String(e));
              return r;
            }"""
        )
        self.page.wait_for_function("r => r.done", arg=done, timeout=timeout_s * 1000)
        assert self.page.evaluate("r => r.done", done) == 1
        self.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000)

    def cells(self) -> list[dict[str, Any]]:
        """The code cells as the notebook model holds them after the run: count and kinds of outputs."""
        return list(
            self.page.evaluate(
                """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
                   .filter(c => c.type === 'code')
                   .map(c => ({count: c.executionCount, outputs: c.outputs.toJSON()}))"""
            )
        )

    def close(self) -> None:
        """Stop the notebook's kernel."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"{name}.png"))


def _settings(folder: pathlib.Path, theme: str) -> None:
    values = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "apputils-extension/themes": {"theme": theme},
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, value in values.items():
        file = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))


@contextlib.contextmanager
def server(work: pathlib.Path, theme: str = "JupyterLab Light") -> Iterator[str]:
    """A JupyterLab on a free port of this machine, over a copy of the notebooks; its address."""
    leave = shutil.ignore_patterns("*.yml", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "notebooks", work / "notebooks", ignore=leave)
    _settings(work / "settings", theme)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(work / "settings")}
    for name in ("config", "data", "runtime"):
        environment[f"JUPYTER_{name.upper()}_DIR"] = str(work / name)
    environment |= {"JUPYTERLAB_WORKSPACES_DIR": str(work / "workspaces"), "IPYTHONDIR": str(work / "ipython")}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={work / 'notebooks'}", "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    with open(work / "server.log", "wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/api/status", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(url, timeout=1)
            return
        time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start")


@contextlib.contextmanager
def page(url: str, height: int = 1400, width: int = 1280) -> Iterator[Page]:
    """A Chromium page that notes every script error and console error."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        tab = browser.new_page(viewport={"width": width, "height": height})
        tab.set_default_timeout(30_000)
        front = Page(tab, url)
        tab.on("pageerror", lambda error: front.wrong.append(f"page error: {error}"))
        tab.on("console", lambda line: front.wrong.append(f"console: {line.text}") if line.type == "error" else None)
        yield front
        browser.close()
