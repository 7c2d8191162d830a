"""Asks the API what a command wants to know, and shows the answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import TypeAdapter
from rich.console import RenderableType

from cmdb.cli.answers import FullRecord, Hit, Impact, Item, RecordPage, RootCause, read
from cmdb.cli.choosing import Weighted, choose, choose_all
from cmdb.cli.gateway import Gateway, data_of, open_gateway
from cmdb.cli.operations import operation
from cmdb.cli.place import Place
from cmdb.cli.record_pages import record_page_query
from cmdb.cli.render.impact import impact_parts
from cmdb.cli.render.items import hits_table, item_parts, record_page_parts, record_parts
from cmdb.cli.render.root_cause import root_cause_parts
from cmdb.cli.terminal import Terminal, open_terminal, plural, text
from cmdb.records.errors import RecordNotFoundError

Parts: TypeAlias = Iterable[RenderableType]
RECORD_NUMBER = re.compile(r"[A-Z]{2,6}[0-9]{3,}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a root cause is asked for: incidents and events by number or id, CIs as people name them, some with a weight.

    `noticed_at` is a time (RFC 3339); `window` is in hours.
    """

    incidents: tuple[str, ...] = ()
    failing: tuple[Weighted, ...] = ()
    healthy: tuple[str, ...] = ()
    alerts: tuple[Weighted, ...] = ()
    noticed_at: str | None = None
    window: float | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of an impact is listed, and what it goes along; nothing said means all."""

    classes: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    relationship_types: tuple[str, ...] = ()
    distance: int | None = None

    @property
    def variables(self) -> dict[str, object]:
        """As variables of the operation."""
        lists = {
            "classes": self.classes,
            "environments": self.environments,
            "relationshipTypes": self.relationship_types,
        }
        given: dict[str, object] = {name: list(some) for name, some in lists.items() if some}
        return {**given, "maxDistance": self.distance} if self.distance is not None else given

    @property
    def words(self) -> str:
        """For a person to read; empty where nothing is said."""
        named = {"class": self.classes, "environment": self.environments, "along": self.relationship_types}
        told = [f"{name} {' or '.join(some)}" for name, some in named.items() if some]
        if self.distance is not None:
            told.append(f"at most {plural(self.distance, 'link')} away")
        return ", ".join(told)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: as data for a program, as parts for a person; and the variables it was asked with."""

    data: object
    parts: Callable[[], Parts]
    variables: Mapping[str, object] = field(default_factory=dict)


def ask_impact(
    place: Place, items: Sequence[str], state: str, narrowed: Narrowed, first: int, as_json: bool
) -> None:
    """Print an impact."""
    answer(place, lambda gateway: tell_impact(gateway, items, state, first, narrowed), as_json)


def ask_root_cause(place: Place, seen: Seen, first: int, as_json: bool) -> None:
    """Print a root cause."""
    answer(place, lambda gateway: tell_root_cause(gateway, seen, first), as_json)


def ask_search(place: Place, words: str, labels: Sequence[str], first: int, as_json: bool) -> None:
    """Print what a search finds."""
    answer(place, lambda gateway: tell_search(gateway, words, labels, first), as_json)


def ask_show(place: Place, reference: str, as_json: bool) -> None:
    """Print a CI or a record."""
    answer(place, lambda gateway: tell_about(gateway, reference), as_json)


def ask_records(place: Place, record_type: str, only_open: bool, first: int, as_json: bool) -> None:
    """Print the records of a type."""
    answer(place, lambda gateway: tell_records(gateway, record_type, only_open, first), as_json)


async def tell_impact(
    gateway: Gateway, items: Sequence[str], state: str, first: int, narrowed: Narrowed | None = None
) -> Told:
    """What breaks if these fail."""
    starts = [{"id": ci.id, "state": state} for ci in await choose_all(gateway, items)]
    asked = narrowed or Narrowed()
    variables = {"of": starts, "first": first, **asked.variables}
    found = (await data_of(gateway, operation("impact"), variables))["impact"]
    return Told(found, lambda: impact_parts(read(Impact, found), asked.words), variables)


async def tell_root_cause(gateway: Gateway, seen: Seen, first: int) -> Told:
    """What explains what is seen."""
    failing = await choose_all(gateway, [one.name for one in seen.failing])
    alerting = await choose_all(gateway, [one.name for one in seen.alerts])
    variables = {
        "incidents": list(seen.incidents),
        "events": list(seen.events),
        "failing": [ci.id for ci, one in zip(failing, seen.failing, strict=True) if one.weight is None],
        "symptoms": [
            {"ci": ci.id, "weight": one.weight}
            for ci, one in zip(failing, seen.failing, strict=True)
            if one.weight is not None
        ],
        "healthy": [ci.id for ci in await choose_all(gateway, seen.healthy)],
        "alerts": [
            {"ci": ci.id} if one.weight is None else {"ci": ci.id, "excess": one.weight}
            for ci, one in zip(alerting, seen.alerts, strict=True)
        ],
        "first": first,
        "noticedAt": seen.noticed_at,
        "windowHours": seen.window,
    }
    found = (await data_of(gateway, operation("root_cause"), variables))["rootCause"]
    return Told(found, lambda: root_cause_parts(read(RootCause, found)), variables)


async def tell_search(gateway: Gateway, words: str, labels: Sequence[str], first: int) -> Told:
    """What is found by words."""
    hits = await _search(gateway, words, labels, first)
    return Told(
        [hit.model_dump(by_alias=True, exclude_defaults=True) for hit in hits],
        lambda: [hits_table(hits)] if hits else [text("Nothing was found.")],
    )


async def _search(gateway: Gateway, words: str, labels: Sequence[str], first: int) -> list[Hit]:
    variables = {"text": words, "labels": list(labels) or None, "first": first}
    data = await data_of(gateway, operation("search"), variables)
    return TypeAdapter(list[Hit]).validate_python(data["search"])


async def tell_about(gateway: Gateway, reference: str) -> Told:
    """Everything about one CI or record.

    Raises:
        ItemNotFoundError: nothing is called so.
        AmbiguousCiError: several are.
        RecordNotFoundError: there is no record of this number.
    """
    if RECORD_NUMBER.fullmatch(reference.strip().upper()):
        return await _tell_record(gateway, reference.strip().upper())
    ci = await choose(gateway, reference)
    found = (await data_of(gateway, operation("configuration_item"), {"id": ci.id}))["configurationItem"]
    return Told(found, lambda: item_parts(read(Item, found)))


async def _tell_record(gateway: Gateway, number: str) -> Told:
    id_ = await find_record(gateway, number)
    found = (await data_of(gateway, operation("record"), {"id": id_}))["node"]
    return Told(found, lambda: record_parts(read(FullRecord, found)))


async def find_record(gateway: Gateway, number: str) -> str:
    """The id of the record with this number.

    Raises:
        RecordNotFoundError: there is none.
    """
    hits = [hit for hit in await _search(gateway, number, (), 10) if hit.node.number == number]
    if not hits:
        raise RecordNotFoundError(f"there is no record {number}")
    return hits[0].node.id


async def tell_records(gateway: Gateway, record_type: str, only_open: bool, first: int) -> Told:
    """The records of a type, newest first."""
    asked = record_page_query(record_type, await data_of(gateway, operation("record_types")), only_open)
    found = (await data_of(gateway, asked.query, {**asked.variables, "first": first}))["page"]
    return Told(found, lambda: record_page_parts(read(RecordPage, found)))


def answer(place: Place, ask: Callable[[Gateway], Awaitable[Told]], as_json: bool) -> None:
    """Ask the place and print what is told."""
    show_told(open_terminal(), asyncio.run(_asked(place, ask)), as_json)


async def _asked(place: Place, ask: Callable[[Gateway], Awaitable[Told]]) -> Told:
    async with open_gateway(place) as gateway:
        if place.as_of is None:
            return await ask(gateway)
        # Not at the top: only who asks of the past has documents to rewrite.
        from cmdb.cli.past_gateway import PastGateway

        return await ask(PastGateway(gateway, place.as_of))


def show_told(terminal: Terminal, told: Told, as_json: bool) -> None:
    """Print an answer."""
    if as_json:
        terminal.data(told.data)
    else:
        terminal.show(*told.parts())
