"""The random numbers of searches: those of NumPy's legacy ``RandomState``, without NumPy."""

from __future__ import annotations

import random
from typing import List

_WORDS = 624
_MASK = 0xFFFFFFFF


class RandomState:
    """A Mersenne Twister (MT19937) that can be saved as two small numbers: its seed, and how many words it has drawn.

    Parameters:
        seed: 0 to 2**32 - 1.
        drawn: 32-bit words to pass over.
    """

    def __init__(self, seed: int, drawn: int = 0) -> None:
        self.seed = seed
        self.drawn = drawn
        # Python's own generator is the same twister; only its seeding differs
        self._twister = random.Random()
        self._twister.setstate((3, (*_seeded_words(seed), _WORDS), None))
        if drawn:
            self._twister.getrandbits(32 * drawn)

    def draw_word(self) -> int:
        """Return the next 32 random bits."""
        self.drawn += 1
        return self._twister.getrandbits(32)

    def draw_bytes(self, count: int) -> bytes:
        """Return `count` random bytes."""
        words = (count + 3) // 4
        return b"".join(self.draw_word().to_bytes(4, "little") for _ in range(words))[:count]

    def draw_uniform(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        self.drawn += 2
        return low + (high - low) * self._twister.random()

    def draw_integer(self, low: int, high: int) -> int:
        """Return a whole number in [low, high], both included."""
        span = high - low
        if span == 0:
            return low
        mask = (1 << span.bit_length()) - 1
        while True:
            word = self.draw_word()
            if span > _MASK:
                word = word << 32 | self.draw_word()
            if word & mask <= span:
                return low + (word & mask)


def _seeded_words(seed: int) -> List[int]:
    words = [seed & _MASK]
    for i in range(1, _WORDS):
        last = words[-1]
        words.append((1812433253 * (last ^ last >> 30) + i) & _MASK)
    return words
