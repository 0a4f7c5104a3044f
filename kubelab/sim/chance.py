"""The one source of chance: names, uids, addresses, ports and kube-proxy's draws all come from here.

One Mersenne Twister, seeded once per cluster. `pieces` hands numpy the very same stream, so that a million requests
at once draw what as many single requests would have drawn.
"""

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

T = TypeVar("T")

SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of generated names (apimachinery util/rand): no vowels, so no words by accident."""


class Chance:
    """Seeded randomness that can be copied and put back."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def random(self) -> float:
        """Uniform in [0, 1)."""
        return self._random.random()

    def below(self, n: int) -> int:
        """Uniform integer in [0, n)."""
        return int(self._random.random() * n)

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def suffix(self, n: int = 5) -> str:
        """The random end of a generated name."""
        return "".join(self.choice(SUFFIX_ALPHABET) for _ in range(n))

    def hex(self, n: int) -> str:
        """`n` hexadecimal digits."""
        return f"{self._random.getrandbits(4 * n):0{n}x}"

    def uid(self) -> str:
        """A version 4 UUID."""
        digits = self.hex(32)
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def pieces(self, n: int, size: int) -> "Iterator[NDArray[numpy.float64]]":
        """The next `n` values of `random()`, in arrays of that size; to be taken to the end."""
        import numpy

        version, internal, gauss = self._random.getstate()
        state = numpy.random.RandomState()
        state.set_state(("MT19937", numpy.array(internal[:-1], dtype=numpy.uint32), internal[-1], 0, 0.0))
        for start in range(0, n, size):
            yield state.random_sample(min(size, n - start))
        after: Any = state.get_state(legacy=True)
        self._random.setstate((version, (*map(int, after[1]), int(after[2])), gauss))

    def snapshot(self) -> list[Any]:
        """The generator's state as JSON-like data."""
        version, internal, gauss = self._random.getstate()
        return [version, list(internal), gauss]

    def restore(self, data: list[Any]) -> None:
        """Be as at the snapshot."""
        self._random.setstate((data[0], tuple(data[1]), data[2]))
