"""Completing columns of objects, by the columns of the fields selected of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter, contains
from typing import Any, TypeAlias

from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from cmdb.api.batching.columns import Completion
from cmdb.api.batching.rows import rows_of
from cmdb.api.batching.table import Table, kinds_of

Check: TypeAlias = Callable[[Sequence[Any]], bool]


def attribute_column(name: str, of: Completion) -> Completion:
    """Completion of objects by one of their attributes."""
    read = attrgetter(name)

    def complete(sources: Sequence[Any]) -> list[Any] | None:
        if type(sources) is Table and name in sources.columns:
            return of(sources.columns[name])
        try:
            values = list(map(read, sources))
        except Exception:  # noqa: BLE001 - the ordinary execution meets it again and says where
            return None
        return of(values)

    return complete


def constant_column(value: str) -> Completion:
    """Completion that is the same for every object."""
    return lambda sources: [value] * len(sources)


def object_column(columns: Mapping[str, Completion], check: Check) -> Completion:
    """Completion of objects without nulls, by the columns of the fields selected of them."""
    names = tuple(columns)

    def complete(sources: Sequence[Any]) -> list[Any] | None:
        if not check(sources):
            return None
        found: list[list[Any]] = []
        for column in columns.values():
            values = column(sources)
            if values is None:
                return None
            found.append(values)
        if not names:
            return [{} for _ in sources]
        return rows_of(names, found)

    return complete


def abstract_column(of_class: Callable[[type], Completion | None]) -> Completion:
    """Completion of objects of several types: those of one Python class are completed together."""

    def complete(sources: Sequence[Any]) -> list[Any] | None:
        places: dict[type, list[int]] = {}
        for place, source in enumerate(sources):
            places.setdefault(type(source), []).append(place)
        completions = {kind: of_class(kind) for kind in places}
        results: list[Any] = [None] * len(sources)
        for kind, at in places.items():
            completion = completions[kind]
            found = completion([sources[place] for place in at]) if completion else None
            if found is None:
                return None
            for place, value in zip(at, found, strict=True):
                results[place] = value
        return results

    return complete


def of_class(origin: type) -> Check:
    """Whether all are of this very class and cast to no other type."""
    expected = {origin}
    has_own = bool(origin.__dictoffset__)

    def check(sources: Sequence[Any]) -> bool:
        if kinds_of(sources) != expected:
            return False
        may_be_cast = has_own and type(sources) is not Table
        return not (may_be_cast and any(map(contains, map(vars, sources), repeat(TYPE_CAST_ATTRIBUTE))))

    return check


def are_shown(sources: Sequence[Any]) -> bool:
    """Whether all are objects made to be shown, so neither errors nor to be waited for."""
    return all(
        hasattr(kind, "__strawberry_definition__")
        and not issubclass(kind, Exception)
        and not hasattr(kind, "__await__")
        for kind in kinds_of(sources)
    )
