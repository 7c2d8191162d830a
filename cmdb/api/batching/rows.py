"""From columns to rows: one object of the answer for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def rows_of(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows that these columns make, of which there is at least one, with their names.

    Objects of few fields are most of them, and written out they are made in a third of the time that `dict` takes.
    """
    rows = zip(*columns, strict=True)
    match names:
        case [a]:
            return [{a: p} for (p,) in rows]
        case [a, b]:
            return [{a: p, b: q} for p, q in rows]
        case [a, b, c]:
            return [{a: p, b: q, c: r} for p, q, r in rows]
        case [a, b, c, d]:
            return [{a: p, b: q, c: r, d: s} for p, q, r, s in rows]
        case [a, b, c, d, e]:
            return [{a: p, b: q, c: r, d: s, e: t} for p, q, r, s, t in rows]
        case [a, b, c, d, e, f]:
            return [{a: p, b: q, c: r, d: s, e: t, f: u} for p, q, r, s, t, u in rows]
        case [a, b, c, d, e, f, g]:
            return [{a: p, b: q, c: r, d: s, e: t, f: u, g: v} for p, q, r, s, t, u, v in rows]
        case _:
            return _any(names, rows)


def _any(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]
