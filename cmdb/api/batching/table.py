"""Objects of an answer as columns, which are made only where somebody takes them one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Table(Sequence[T], Generic[T]):
    """Objects of one class: `columns` are their attributes, of equal length, and `same` those that all share.

    Columns of plain fields are completed as they are; each look at an object makes it anew.
    """

    __slots__ = ("_same", "columns", "shown_as")

    def __init__(self, shown_as: type[T], columns: Mapping[str, Sequence[Any]], **same: Any) -> None:
        self.shown_as = shown_as
        self.columns = columns
        self._same = same

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __iter__(self) -> Iterator[T]:
        for row in zip(*self.columns.values(), strict=True):
            yield self.shown_as(**dict(zip(self.columns, row, strict=True)), **self._same)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return list(self)[place]


def kinds_of(sources: Sequence[Any]) -> set[type]:
    """The classes of these objects."""
    return {sources.shown_as} if type(sources) is Table else set(map(type, sources))
