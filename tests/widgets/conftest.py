import pytest

from tests.widgets import small


@pytest.fixture
def lab() -> small.Lab:
    return small.Lab()
