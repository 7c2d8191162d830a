"""Asks the API what takes an item down alone, and what more redundancy would save."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.cli.answers import read
from cmdb.cli.asking import Told, answer
from cmdb.cli.change_answers import PointsOfFailure, WhatIf
from cmdb.cli.choosing import choose, choose_all
from cmdb.cli.gateway import Gateway, data_of
from cmdb.cli.operations import operation
from cmdb.cli.place import Place
from cmdb.cli.render.redundancy import Supposition, points_parts, what_if_parts


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What an item has by one relationship type becomes a group, with more in it; `needed` of them have to work."""

    relationship_type: str
    add: tuple[str, ...] = ()
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed: CIs that are redundant, by spares or by alternatives; what fails, unless they do.

    CIs are named as people name them; `state` is one of the impact states.
    """

    items: tuple[str, ...]
    fails: tuple[str, ...] = ()
    state: str = "DOWN"
    independent: bool = False
    alternatives: Alternatives | None = None


def ask_points_of_failure(place: Place, item: str, first: int, as_json: bool) -> None:
    """Print single points of failure."""
    answer(place, lambda gateway: tell_points_of_failure(gateway, item, first), as_json)


def ask_what_if(place: Place, supposed: Supposed, first: int, as_json: bool) -> None:
    """Print what redundancy would save."""
    answer(place, lambda gateway: tell_what_if(gateway, supposed, first), as_json)


async def tell_points_of_failure(gateway: Gateway, item: str, first: int) -> Told:
    """What takes this one down by failing alone."""
    ci = await choose(gateway, item)
    variables = {"of": ci.id, "first": first}
    data = await data_of(gateway, operation("single_points_of_failure"), variables)
    found = data["singlePointsOfFailure"]
    return Told(found, lambda: points_parts(ci, read(PointsOfFailure, found)), variables)


async def tell_what_if(gateway: Gateway, supposed: Supposed, first: int) -> Told:
    """What would be saved if these were redundant."""
    items = await choose_all(gateway, supposed.items)
    failing = await choose_all(gateway, supposed.fails) if supposed.fails else items
    variables: dict[str, object] = {
        "of": [{"id": ci.id, "state": supposed.state} for ci in failing],
        "first": first,
    }
    if supposed.alternatives is None:
        spares = [{"of": ci.id, "independent": supposed.independent} for ci in items]
        variables["spares"] = spares
    else:
        group = supposed.alternatives
        added = [ci.id for ci in await choose_all(gateway, group.add)]
        variables["alternatives"] = [
            {
                "dependent": ci.id,
                "relationshipType": group.relationship_type,
                "add": added,
                "needed": group.needed,
            }
            for ci in items
        ]
    found = (await data_of(gateway, operation("what_if"), variables))["whatIf"]
    question = Supposition(
        items, failing, supposed.state, supposed.alternatives is None, supposed.independent
    )
    return Told(found, lambda: what_if_parts(question, read(WhatIf, found)), variables)
