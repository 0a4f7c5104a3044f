import pytest

from kubelab.printers import ages

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
DAY = 24 * HOUR
YEAR = 365 * DAY


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-2 * SECOND, "<invalid>"),
        (-2 * SECOND + 1, "0s"),
        (-1, "0s"),
        (0, "0s"),
        (999, "0s"),
        (119 * SECOND + 999, "119s"),
        (120 * SECOND, "2m"),
        (125 * SECOND, "2m5s"),
        (10 * MINUTE - 1, "9m59s"),
        (10 * MINUTE, "10m"),
        (179 * MINUTE + 59 * SECOND, "179m"),
        (180 * MINUTE, "3h"),
        (3 * HOUR + 5 * MINUTE, "3h5m"),
        (8 * HOUR - 1, "7h59m"),
        (8 * HOUR, "8h"),
        (26 * HOUR, "26h"),
        (48 * HOUR - 1, "47h"),
        (48 * HOUR, "2d"),
        (50 * HOUR, "2d2h"),
        (8 * DAY - 1, "7d23h"),
        (8 * DAY, "8d"),
        (9 * DAY, "9d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + 3 * DAY, "2y3d"),
        (8 * YEAR - 1, "7y364d"),
        (8 * YEAR, "8y"),
        (9 * YEAR, "9y"),
    ],
)
def test_human_duration_at_every_boundary(ms: int, text: str) -> None:
    assert ages.human_duration(ms) == text


def test_an_unset_stamp_is_unknown() -> None:
    assert ages.since(None, 0) == ages.since("", 0) == "<unknown>"


def test_since_counts_whole_seconds_of_the_moment() -> None:
    assert ages.since("1970-01-01T00:00:10Z", 14_999) == "4s"
