"""Questions to a store, as values; adapters compile them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from cmdb.graph.elements import Node
from cmdb.kernel.values import Value

PAGE_LIMIT = 1000
"""Most nodes of one page."""


class Operator(StrEnum):
    """How a property is compared; text comparisons of CONTAINS and STARTS_WITH ignore case.

    EXISTS takes True or False. IN takes a list. On a list property EQ and IN ask for membership.
    """

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    EXISTS = "exists"


class Direction(StrEnum):
    """Seen from a node: OUT follows links it is the source of, IN those it is the target of."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `property` may also be `id`, `created_at`, `updated_at` or `revision`.

    A node without the property satisfies NE and EXISTS False, and no other.
    """

    property: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is; an empty one is true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is; an empty one is false."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is not."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class Linked:
    """True when the node has a link of one of these types, in this direction, with one of these nodes."""

    types: tuple[str, ...]
    direction: Direction
    ids: tuple[str, ...]


Predicate: TypeAlias = Condition | AllOf | AnyOf | Not | Linked


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by a property; nodes without it come last, both ways. Ties are broken by id."""

    property: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class NodeQuery:
    """Nodes of these labels (a class is given with its subclasses), filtered, ordered, one page.

    No `labels` means none at all. `after` is a cursor of an earlier page of the same query.
    """

    labels: tuple[str, ...]
    where: Predicate = AllOf(())
    order: tuple[Order, ...] = ()
    first: int = 100
    after: str | None = None


@dataclass(frozen=True, slots=True)
class NodePage:
    """One page: each node with its cursor."""

    nodes: tuple[Node, ...]
    cursors: tuple[str, ...]
    has_next: bool


@dataclass(frozen=True, slots=True)
class LinkQuery:
    """Links of many nodes at once, in one direction; no `types` means every type.

    `first` bounds the links of each node; they come ordered by type, then the other end's id.
    `labels`, when given, keeps links whose other end has one of these labels.
    """

    ids: tuple[str, ...]
    direction: Direction
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] | None = None
    first: int | None = None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Full-text search: every word must occur (as a prefix of a word) in a searchable property."""

    text: str
    labels: tuple[str, ...]
    first: int = 20


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A node found and how well it fits (greater is better; comparable within one answer only)."""

    node: Node
    score: float


Steps: TypeAlias = tuple[tuple[str, Direction], ...]
"""Link types, each with the direction in which it is followed."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Breadth-first over `steps`, from its own starts and from everything that walks before it found."""

    starts: tuple[str, ...]
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class RegionQuery:
    """Different nodes reached from `starts` over `steps`, breadth-first; then those of further walks, in order.

    limit: walking ends with so many nodes; starts are there all the same. max_depth: of each walk, in steps.
    dead_end: nodes of this status are reached and not gone through, unless they are starts of the walk. rim:
    links that lead by these steps from what is reached belong to the region too, with the nodes at their ends,
    which come last and do not count towards the limit.
    """

    starts: tuple[str, ...]
    steps: Steps
    limit: int = 1_000_000
    max_depth: int | None = None
    then: tuple[Walk, ...] = ()
    dead_end: str | None = None
    rim: Steps = ()

    @property
    def walks(self) -> tuple[Walk, ...]:
        """All walks, in order."""
        return (Walk(self.starts, self.steps), *self.then)

    def types(self, direction: Direction | None = None) -> tuple[str, ...]:
        """The link types walked over, or those of the rim in one direction; each once, by name."""
        if direction is None:
            return tuple(sorted({name for walk in self.walks for name, _ in walk.steps}))
        return tuple(sorted({name for name, way in self.rim if way is direction}))

    @property
    def inner_types(self) -> tuple[str, ...]:
        """The link types of which only links between nodes that were reached belong to the region."""
        rim = {name for name, _ in self.rim}
        return tuple(name for name in self.types() if name not in rim)
