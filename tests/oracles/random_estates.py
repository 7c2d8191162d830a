"""Estates drawn at random, under the product's own model, as dependencies and as what a store takes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from cmdb.graph.batch import LinkPut, NodeCreate
from cmdb.graph.elements import LinkKey
from cmdb.kernel.values import Value
from tests.oracles.fixpoint import Dependency

CLUSTER = 25
"""CIs that are linked closely; what is reached stays small, and brute force can follow it."""

_PLAIN = (
    ("DEPENDS_ON", False, True),
    ("ANSWERS_AT", True, True),
    ("MANAGED_BY", False, False),
    ("COMPONENT_OF", True, False),
)
"""Relationship types without groups: whether the source provides, and whether they are hard."""
_GROUPED = (("MEMBER_OF", True), ("POWERED_BY", False))
"""Relationship types that are groups of which one is needed: whether the source provides."""


@dataclass(frozen=True)
class RandomEstate:
    """nodes, links: what a store takes in. dependencies: what it comes to."""

    nodes: tuple[NodeCreate, ...]
    links: tuple[LinkPut, ...]
    dependencies: tuple[Dependency, ...]
    retired: frozenset[str]
    ids: tuple[str, ...]

    def around(self, random: Random) -> list[str]:
        """The CIs of one cluster or of two, so that what is asked has to do with one another."""
        begin = random.randrange(0, len(self.ids), CLUSTER)
        return list(self.ids[begin : begin + CLUSTER * random.choice((1, 1, 2))])


def random_estate(seed: int, clusters: int) -> RandomEstate:
    """Clusters with cycles, groups, mixed strengths and retired CIs; some lead to the next."""
    random = Random(seed)
    ids = [f"ci-{random.randrange(10**6):06}-{number}" for number in range(clusters * CLUSTER)]
    retired = frozenset(ci for ci in ids if random.random() < 0.06)
    groups = [ids[begin : begin + CLUSTER] for begin in range(0, len(ids), CLUSTER)]
    pairs = [tuple(random.sample(group, 2)) for group in groups for _ in range(random.randint(20, 60))]
    pairs += [
        (random.choice(one), random.choice(other)) for one, other in pairwise(groups) if random.random() < 0.4
    ]
    links: dict[LinkKey, Mapping[str, Value]] = {}
    dependencies: dict[LinkKey, Dependency] = {}
    for provider, dependent in pairs:
        key, properties, dependency = _link(random, provider, dependent)
        if key not in links:
            links[key] = properties
            if dependency is not None:
                dependencies[key] = dependency
    return RandomEstate(
        nodes=tuple(
            NodeCreate(
                ci,
                random.choice(("Server", "BusinessService", "Router")),
                {"name": ci, "status": "retired" if ci in retired else "operational"},
            )
            for ci in ids
        ),
        links=tuple(LinkPut(key, properties) for key, properties in links.items()),
        dependencies=tuple(dependencies.values()),
        retired=retired,
        ids=tuple(ids),
    )


def _link(
    random: Random, provider: str, dependent: str
) -> tuple[LinkKey, Mapping[str, Value], Dependency | None]:
    kind = random.random()
    if kind < 0.35:
        name, along = random.choice(_GROUPED)
        properties: dict[str, Value] = {}
        dependency: Dependency | None = Dependency(provider, dependent, group=name, needed="1")
    else:
        name, along, hard = random.choice(_PLAIN)
        properties = {}
        if random.random() < 0.3:
            hard = not hard
            properties["strength"] = "hard" if hard else "soft"
        dependency = Dependency(provider, dependent, hard=hard)
        if kind > 0.95:
            properties["strength"], dependency = "none", None
        elif kind > 0.65:
            group, needed = random.choice("gh"), random.choice((None, "1", "2", "3", "50%", "67%"))
            properties["redundancy_group"] = group
            if needed is not None:
                properties["redundancy_needed"] = needed
            dependency = Dependency(provider, dependent, hard=hard, group=group, needed=needed)
    source, target = (provider, dependent) if along else (dependent, provider)
    return LinkKey(name, source, target), properties, dependency
