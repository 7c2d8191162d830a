"""Columns of nodes, of which what was completed is kept with each.

The same nodes stand in answer after answer, mostly with the same fields selected, and a node never changes: what
was made of it once is right for as long as it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, TypeAlias

from graphql import GraphQLObjectType

from cmdb.api.batching.columns import Completion
from cmdb.graph.elements import keep

SELECTIONS = 512
"""So many selections, each of one type, are remembered; then all are forgotten."""

Selection: TypeAlias = tuple[tuple[str, str], ...]
"""The fields selected of an object: the name in the answer, and the field's own."""

_NODE = attrgetter("node")
_NOTHING = (None, None)


class KeptColumn:
    """Completion of nodes shown as one type, all of whose selected fields are leaves read from the node alone.

    With a node is kept what was selected of it last.
    """

    def __init__(self, shown_as: type, of: Completion) -> None:
        self._shown_as = {shown_as}
        self._of = of

    def __call__(self, sources: Sequence[Any]) -> list[Any] | None:
        """What the answer shows for each; None where the ordinary execution has to do it."""
        if set(map(type, sources)) != self._shown_as:
            return None
        nodes = list(map(_NODE, sources))
        kept = map(getattr, nodes, repeat("kept"), repeat(_NOTHING))
        found = [shown if column is self else None for column, shown in kept]
        missing = [place for place, shown in enumerate(found) if shown is None]
        if not missing:
            return found
        completed = self._of([sources[place] for place in missing])
        if completed is None:
            return None
        for place, shown in zip(missing, completed, strict=True):
            found[place] = shown
            keep(nodes[place], (self, shown))
        return found


class KeptColumns:
    """The columns of one schema: the same one for the same selection, as long as it is remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[GraphQLObjectType, Selection], KeptColumn] = {}

    def column(
        self, type_: GraphQLObjectType, selection: Selection, shown_as: type, of: Completion
    ) -> KeptColumn:
        """The column of this selection; `of` completes it where none is remembered."""
        found = self._known.get((type_, selection))
        if found is None:
            if len(self._known) >= SELECTIONS:
                self._known.clear()
            found = self._known[type_, selection] = KeptColumn(shown_as, of)
        return found
