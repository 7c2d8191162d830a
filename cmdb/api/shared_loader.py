"""A data loader whose answers are shared between fields that may be cancelled."""

from __future__ import annotations

from asyncio import gather, shield
from collections.abc import Awaitable, Hashable, Iterable
from typing import TypeVar

from strawberry.dataloader import DataLoader

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SharedLoader(DataLoader[K, T]):
    """Fields that ask for the same share one answer; one that is cancelled takes it from no other."""

    def load(self, key: K) -> Awaitable[T]:
        """The value of a key."""
        return shield(super().load(key))

    def load_many(self, keys: Iterable[K]) -> Awaitable[list[T]]:
        """The values of several keys, in this order."""
        return shield(gather(*map(super().load, keys)))
