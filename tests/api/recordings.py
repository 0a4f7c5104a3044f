"""Answers of kubectl v1.37.1 and of a v1.36.2 server, kept in recorded/ (the files say what was asked and answered)."""

import json
from pathlib import Path

FOLDER = Path(__file__).with_name("recorded")


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
