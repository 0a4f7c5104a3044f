"""The frame: what the README, the two ways of installing and the notebooks' folder promise each other."""

import pathlib
import re
import tomllib

import yaml

ROOT = pathlib.Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
PIP_ONLY = {"lightkube-models"}
"""Not on conda-forge: `pip: -e .` brings it."""


def parts(requirement: str) -> tuple[str, str]:
    name, version = re.fullmatch(r"([A-Za-z0-9-]+)(.*)", requirement).groups()  # type: ignore[union-attr]
    return name, version


def test_conda_and_pip_ask_for_the_same() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    pip = [entry for entry in environment["dependencies"] if isinstance(entry, dict)]
    wanted = dict(parts(text) for text in PYPROJECT["project"]["dependencies"])
    found = dict(parts(text.replace("==", "=")) for text in conda if not text.startswith(("python=", "pip")))
    assert found == {CONDA_NAMES.get(k, k): v for k, v in wanted.items() if k not in PIP_ONLY}
    assert pip == [{"pip": ["-e ."]}]


def test_conda_pins_a_python_that_the_package_allows() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python = next(entry for entry in environment["dependencies"] if str(entry).startswith("python="))
    version = re.fullmatch(r"python=3\.(\d+)", python)
    lowest = re.fullmatch(r">=3\.(\d+)", PYPROJECT["project"]["requires-python"])
    assert version is not None
    assert lowest is not None
    assert int(version[1]) >= int(lowest[1])


def test_no_folder_hides_the_environment_from_binder() -> None:
    assert not (ROOT / "binder").exists()
    assert not (ROOT / ".binder").exists()


def test_the_readme_names_what_there_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("make lab", "make test", "conda env create -f environment.yml"):
        assert command in readme
    for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", readme):
        assert (ROOT / target).exists(), f"README links to {target}, which is not there"
