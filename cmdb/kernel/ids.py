"""Identities of nodes: ULIDs, unique without asking anybody, and sorted by the time they were made."""

from __future__ import annotations

import secrets
from typing import Protocol

from cmdb.kernel.clock import Clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_CHUNK = [a + b for a in _ALPHABET for b in _ALPHABET]


class IdSource(Protocol):
    """Makes identities that nobody made before."""

    def new_id(self) -> str:
        """A text of 26 characters from Crockford's base 32."""
        ...


class UlidSource:
    """ULIDs (specification: ulid/spec): 48 bits of milliseconds, then 80 random bits.

    Ids made within one millisecond count upwards from the first, so they keep the order of their making.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def new_id(self) -> str:
        """A text of 26 characters from Crockford's base 32, greater than every earlier one."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        if milliseconds <= self._last >> _RANDOM_BITS:
            self._last += 1
        else:
            self._last = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        return encode_ulid(self._last)


def encode_ulid(number: int) -> str:
    """A 128-bit number as 26 characters of Crockford's base 32."""
    return "".join([_CHUNK[number >> shift & 1023] for shift in range(120, -1, -10)])
