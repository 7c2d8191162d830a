"""Puts changed links into a conduction by cutting and joining its arrays.

That copies each array once and sorts nothing, so it is far quicker than arranging all links again, and
what comes out is arranged just like it: questions run at full speed on it.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from cmdb.topology.adjacency import Rows
from cmdb.topology.arrays import BoolArray, IntArray, Places
from cmdb.topology.conduction import Conduction, single_strengths
from cmdb.topology.impact_links import ImpactLinks
from cmdb.topology.meaning import HARD, SOFT
from cmdb.topology.redundancy import Groups, find_groups

MOST_LINKS = 2000
"""With more links than this to put in, arranging everything is quicker."""


def spliced(old: Conduction, links: ImpactLinks, retired: BoolArray, dirty: BoolArray) -> Conduction | None:
    """The conduction of `links`, when the links of only the `dirty` dependents differ from the old ones.

    Returns:
        None when so much changed that arranging all of it is quicker.
    """
    size = len(dirty)
    near = np.flatnonzero(dirty[links.dependents])
    # Groups that nothing leads to are left behind with each splice; this bounds them.
    if len(near) > MOST_LINKS or len(old.groups) > 2 * np.count_nonzero(links.specs >= 0):
        return None
    chosen = links.active_among(near, retired)
    active = np.zeros(len(links), dtype=np.bool_)
    active[chosen] = True
    found = find_groups(links, active)
    strengths = np.zeros(len(links), dtype=np.int8)
    strengths[: len(old.strengths)] = old.strengths
    strengths[near] = 0
    strengths[chosen] = single_strengths(links, chosen, found)
    first = len(old.groups)
    grouped = chosen[(found.of_link[chosen] >= 0) & (strengths[chosen] == 0)]
    outdated = dirty[old.groups.dependents] if first else np.zeros(0, dtype=np.bool_)
    supply_links = _put(
        old.supply_links, size, None, dirty, links.dependents[chosen], chosen.astype(np.int32)
    )
    return Conduction(
        hard=_forward(old.hard, links, chosen[strengths[chosen] == HARD], dirty),
        soft=_forward(old.soft, links, chosen[strengths[chosen] == SOFT], dirty),
        grouped=_put(
            old.grouped, size, outdated, None, links.providers[grouped], found.of_link[grouped] + first
        ),
        suppliers=Rows(supply_links.offsets, links.providers[supply_links.entries]),
        supply_links=supply_links,
        strengths=strengths,
        groups=_joined(old.groups, found, near),
    )


def _forward(old: Rows, links: ImpactLinks, chosen: Places, dirty: BoolArray) -> Rows:
    """Rows by provider whose entries are dependents."""
    return _put(old, len(dirty), dirty, None, links.providers[chosen], links.dependents[chosen])


def _put(
    rows: Rows,
    size: int,
    outdated: BoolArray | None,
    outdated_rows: BoolArray | None,
    keys: IntArray,
    values: IntArray,
) -> Rows:
    """Rows without some entries, and with some more.

    Args:
        rows: Each row in rising order.
        size: How many rows there are to be; no fewer than there were.
        outdated: By value, whether entries of this value go.
        outdated_rows: By row, whether all its entries go.
        keys: For each value to put in, its row.
        values: What to put in.
    """
    offsets = np.concatenate(
        [rows.offsets, np.full(size + 1 - len(rows.offsets), rows.offsets[-1], dtype=np.int32)]
    )
    if outdated_rows is not None:
        gone = np.repeat(outdated_rows, np.diff(offsets))
    else:
        gone = np.zeros(len(rows.entries), dtype=np.bool_)
    if outdated is not None and len(outdated):
        gone |= outdated[rows.entries]
    entries = rows.entries
    if gone.any():
        before = np.concatenate([np.zeros(1, dtype=np.int32), np.cumsum(gone, dtype=np.int32)])
        offsets = offsets - before[offsets]
        entries = entries[~gone]
    if not len(keys):
        return Rows(offsets, entries)
    order = np.lexsort((values, keys))
    keys, values = keys[order], values[order]
    places = [
        bisect_left(entries, value, int(offsets[key]), int(offsets[key + 1]))
        for key, value in zip(keys.tolist(), values.tolist(), strict=True)
    ]
    more = np.bincount(keys + 1, minlength=size + 1).cumsum(dtype=np.int32)
    return Rows(offsets + more, _inserted(entries, places, values))


def _inserted(entries: IntArray, places: list[int], values: IntArray) -> IntArray:
    """Entries with each value put in before its place (ascending); numpy's own `insert` is slower by far."""
    pieces = []
    last = 0
    for number, place in enumerate(places):
        pieces += [entries[last:place], values[number : number + 1]]
        last = place
    return np.concatenate([*pieces, entries[last:]])


def _joined(old: Groups, found: Groups, near: Places) -> Groups:
    """Old and new groups; the old ones of dirty dependents stay behind without a link that leads to them."""
    first = len(old)
    of_link = np.full(len(found.of_link), -1, dtype=np.int32)
    of_link[: len(old.of_link)] = old.of_link
    of_link[near] = np.where(found.of_link[near] >= 0, found.of_link[near] + first, -1)
    return Groups(
        dependents=np.concatenate([old.dependents, found.dependents]),
        members=np.concatenate([old.members, found.members]),
        needed=np.concatenate([old.needed, found.needed]),
        hard=np.concatenate([old.hard, found.hard]),
        specs=np.concatenate([old.specs, found.specs]),
        links=Rows(
            np.concatenate([old.links.offsets, found.links.offsets[1:] + old.links.offsets[-1]]),
            np.concatenate([old.links.entries, found.links.entries]),
        ),
        of_link=of_link,
    )
