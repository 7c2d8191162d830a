"""Which configuration item a person means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from cmdb.cli.answers import Answer, Ci, read
from cmdb.cli.gateway import Gateway, data_of
from cmdb.cli.operations import operation
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.processes.configuration.errors import ItemNotFoundError

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_LISTED = 10


class AmbiguousCiError(CmdbError):
    """A text may mean several configuration items; details: text, ids."""

    code = "CI_AMBIGUOUS"
    kind = ErrorKind.INVALID
    summary = "Several configuration items answer to the text."
    default_remedy = "Give the id of the one that is meant."


@dataclass(frozen=True, slots=True)
class Weighted:
    """How a person names a CI, and its weight where one is said."""

    name: str
    weight: float | None = None


def weighted(text: str) -> Weighted:
    """`CI` or `CI=WEIGHT`; what does not end in a number above 0 is a name as a whole."""
    name, sign, last = text.rpartition("=")
    try:
        weight = float(last)
    except ValueError:
        return Weighted(text)
    return Weighted(name, weight) if sign and name and 0 < weight < inf else Weighted(text)


class _Page(Answer):
    total_count: int
    nodes: tuple[Ci, ...]


class _Word(Answer):
    node: Ci


class _Choices(Answer):
    address: _Page
    exact: _Page
    host: _Page
    words: tuple[_Word, ...]


class _ById(Answer):
    configuration_item: Ci | None


async def choose_all(gateway: Gateway, texts: Iterable[str]) -> list[Ci]:
    """The CI that each text means, in order.

    Raises:
        ItemNotFoundError: none answers to a text.
        AmbiguousCiError: several do.
    """
    return [await choose(gateway, text) for text in texts]


async def choose(gateway: Gateway, text: str) -> Ci:
    """The CI with this id; else the host with this address; else the CI with this name, FQDN or serial number; else
    the one host whose name begins with it; else the one that a search for it finds.

    Raises:
        ItemNotFoundError: none answers to it.
        AmbiguousCiError: several do.
    """
    wanted = text.strip()
    if ULID.fullmatch(wanted.upper()):
        found = read(_ById, await data_of(gateway, operation("choose_by_id"), {"id": wanted.upper()}))
        if found.configuration_item is not None:
            return found.configuration_item
    variables = {"text": wanted, "value": wanted, "label": f"{wanted}.", "first": _LISTED}
    choices = read(_Choices, await data_of(gateway, operation("find_configuration_item"), variables))
    words = [word.node for word in choices.words]
    for page in (choices.address, choices.exact, choices.host):
        if page.nodes:
            return _only(wanted, page.nodes, page.total_count)
    named = [ci for ci in words if (ci.name or "").casefold() == wanted.casefold()]
    return _only(wanted, named or words, len(named or words))


def _only(text: str, found: Sequence[Ci], total: int) -> Ci:
    if not found:
        raise ItemNotFoundError(f"no configuration item is called {text!r}", details={"text": text})
    if total == 1:
        return found[0]
    several = f"{total} or more" if total >= _LISTED else str(total)
    lines = [f"  {ci.id}  {ci.class_name:<20}  {ci.shown}" for ci in found]
    raise AmbiguousCiError(
        "\n".join([f"{text!r} may be any of {several} configuration items:", *lines]),
        details={"text": text, "ids": [ci.id for ci in found]},
    )
