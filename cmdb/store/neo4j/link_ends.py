"""Links by the places of their ends in a list of nodes: each node is looked up once, however many links it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from cmdb.graph.elements import LinkKey, Properties
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.statements import CREATE_LINKS, STANDING_LINKS

_AT_ONCE = 10_000


async def standing_links(transaction: Transaction, keys: Sequence[LinkKey]) -> dict[LinkKey, Properties]:
    """Those of some links that stand, with their properties; all their names can be sent."""
    by_source: dict[str, list[tuple[str, str, int]]] = {}
    for place, key in enumerate(keys):
        by_source.setdefault(key.source, []).append((key.target, key.type, place))
    rows = await transaction.in_groups(STANDING_LINKS, sorted(by_source.items()))
    return {keys[place]: properties for place, properties in rows}


async def create_links(transaction: Transaction, links: Mapping[LinkKey, Properties]) -> list[str]:
    """Make links that do not stand; the answer are the ends at which there is no node, to which none was made."""
    missing: list[str] = []
    keys = sorted(links, key=_by_source)
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        places = _places(part)
        plain = [[places[key.source], places[key.target], key.type] for key in part if not links[key]]
        told: list[list[Any]] = [
            [places[key.source], places[key.target], key.type, links[key]] for key in part if links[key]
        ]
        row = await transaction.row(CREATE_LINKS, ends=list(places), plain=plain, told=told)
        plain.clear()  # else the driver would keep them until the next look for garbage
        told.clear()
        assert row is not None
        ends = list(places)
        missing += [ends[place] for place in row[0]]
    return missing


def _places(keys: Sequence[LinkKey]) -> dict[str, int]:
    """The different ends of links, in order, and where each stands among them."""
    ends = {end for key in keys for end in (key.source, key.target)}
    return dict(zip(sorted(ends), count(), strict=False))


def _by_source(key: LinkKey) -> tuple[str, str, str]:
    return key.source, key.type, key.target
