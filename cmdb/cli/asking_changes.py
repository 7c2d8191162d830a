"""Asks the API what a person wants to know about a change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cmdb.cli.answers import Answer, Impact, RecordLine, read
from cmdb.cli.asking import Narrowed, Parts, Told, answer
from cmdb.cli.change_answers import Collisions, FreeSlot, ImpactDiff, Risk
from cmdb.cli.gateway import Gateway, data_of
from cmdb.cli.operations import operation
from cmdb.cli.place import Place
from cmdb.cli.render.change import collision_parts, risk_parts, slot_parts
from cmdb.cli.render.change_impact import change_impact_parts, impact_diff_parts

A = TypeVar("A", bound=Answer)


class _Found(Answer):
    change: RecordLine


@dataclass(frozen=True, slots=True)
class Wanted:
    """The time a change needs: how long (minutes), from when on (RFC 3339), and how many days ahead."""

    minutes: int | None = None
    not_before: str | None = None
    days: int = 90

    @property
    def variables(self) -> dict[str, object]:
        """As variables of the operation."""
        return {"durationMinutes": self.minutes, "notBefore": self.not_before, "withinDays": self.days}


def ask_change_impact(
    place: Place, number: str, state: str | None, narrowed: Narrowed, first: int, as_json: bool
) -> None:
    """Print what breaks while a change is carried out."""
    given = {"assume": state, "first": first, **narrowed.variables}

    def show(change: RecordLine, found: Impact) -> Parts:
        return change_impact_parts(change, found, narrowed.words)

    answer(place, _asking("change_impact", number, given, Impact, show), as_json)


def ask_change_diff(place: Place, number: str, first: int, as_json: bool) -> None:
    """Print what the modifications of a change alter."""
    answer(place, _asking("impact_diff", number, {"first": first}, ImpactDiff, impact_diff_parts), as_json)


def ask_collisions(place: Place, number: str, first: int, as_json: bool) -> None:
    """Print what stands against the planned window of a change."""
    given = {"items": first}
    answer(place, _asking("change_collisions", number, given, Collisions, collision_parts), as_json)


def ask_slot(place: Place, number: str, wanted: Wanted, as_json: bool) -> None:
    """Print the next time in which nothing stands against a change."""
    answer(place, _asking("next_free_slot", number, wanted.variables, FreeSlot, slot_parts), as_json)


def ask_risk(place: Place, number: str, as_json: bool) -> None:
    """Print how risky a change is."""
    answer(place, _asking("change_risk", number, {}, Risk, risk_parts), as_json)


def _asking(
    name: str,
    number: str,
    given: Mapping[str, object],
    shape: type[A],
    show: Callable[[RecordLine, A], Parts],
) -> Callable[[Gateway], Awaitable[Told]]:
    async def ask(gateway: Gateway) -> Told:
        return await tell_of_change(gateway, name, {"change": number.strip().upper(), **given}, shape, show)

    return ask


async def tell_of_change(
    gateway: Gateway,
    name: str,
    variables: Mapping[str, object],
    shape: type[A],
    show: Callable[[RecordLine, A], Parts],
) -> Told:
    """The answer of a committed operation about a change; its only field is what is told.

    Raises:
        ReportedError: there is no such change, or it cannot be asked this.
    """
    (found,) = (await data_of(gateway, operation(name), variables)).values()
    # Asked second: where there is no such change, the question itself says so, with its own code.
    about = read(_Found, await data_of(gateway, operation("change"), {"change": variables["change"]}))
    return Told(found, lambda: show(about.change, read(shape, found)), variables)
