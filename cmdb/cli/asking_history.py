"""Asks the API what differs between two moments, and what was written."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.cli.answers import read
from cmdb.cli.asking import RECORD_NUMBER, Told, answer, find_record
from cmdb.cli.choosing import ULID, choose
from cmdb.cli.gateway import Gateway, data_of
from cmdb.cli.history_answers import Diff, Revisions
from cmdb.cli.operations import operation
from cmdb.cli.past_gateway import PastGateway
from cmdb.cli.place import Place
from cmdb.cli.render.history import diff_parts, revision_parts
from cmdb.processes.configuration.errors import ItemNotFoundError


@dataclass(frozen=True, slots=True)
class Compared:
    """Two moments, each a time (RFC 3339) or a revision's number, and what is compared.

    No `end` is the present; neither `item` nor `service` is everything.
    """

    start: str
    end: str | None = None
    item: str | None = None
    service: str | None = None


def ask_diff(place: Place, compared: Compared, first: int, as_json: bool) -> None:
    """Print what differs."""
    answer(place, lambda gateway: tell_diff(gateway, compared, first), as_json)


async def tell_diff(gateway: Gateway, compared: Compared, first: int) -> Told:
    """What differs between two moments.

    Raises:
        ItemNotFoundError: nothing is called so, neither at present nor at the first moment.
        AmbiguousCiError: several are.
        RecordNotFoundError: there is no record of this number.
    """
    variables: dict[str, object] = {"from": moment_input(compared.start), "first": first}
    if compared.end is not None:
        variables["to"] = moment_input(compared.end)
    if compared.item is not None:
        variables["ci"] = await _id_of(gateway, compared.item, compared.start)
    if compared.service is not None:
        variables["service"] = await _id_of(gateway, compared.service, compared.start)
    found = (await data_of(gateway, operation("diff"), variables))["diff"]
    about = compared.item or compared.service
    return Told(found, lambda: diff_parts(about, read(Diff, found)), variables)


def moment_input(moment: str) -> dict[str, object]:
    """A moment as the API takes it: a revision where it consists of digits, else a time."""
    wanted = moment.strip()
    return {"revision": int(wanted)} if wanted.isascii() and wanted.isdigit() else {"at": wanted}


async def _id_of(gateway: Gateway, wanted: str, start: str) -> str:
    """The id of what is called so; an id is taken at its word, for what it names may be deleted."""
    name = wanted.strip()
    if ULID.fullmatch(name.upper()):
        return name.upper()
    if RECORD_NUMBER.fullmatch(name.upper()):
        return await find_record(gateway, name.upper())
    try:
        return (await choose(gateway, name)).id
    except ItemNotFoundError:
        return (await choose(PastGateway(gateway, start), name)).id


def ask_revisions(place: Place, after: int | None, first: int, as_json: bool) -> None:
    """Print what was written, by whom and why."""
    answer(place, lambda gateway: tell_revisions(gateway, after, first), as_json)


async def tell_revisions(gateway: Gateway, after: int | None, first: int) -> Told:
    """Revisions that follow one; without one the newest."""
    asked = operation("revisions")
    if after is None:
        head = read(Revisions, await data_of(gateway, asked, {"after": 0, "first": 1})).head
        after = max(0, head - first)
    variables = {"after": after, "first": first}
    found = await data_of(gateway, asked, variables)
    return Told(found["revisions"], lambda: revision_parts(read(Revisions, found)), variables)
