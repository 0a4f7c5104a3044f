import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import small


@pytest.fixture
def lab() -> small.Lab:
    return small.Lab()
