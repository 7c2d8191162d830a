"""Evidence as it is kept on a node: stamps as JSON, sightings and claims as lists of texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import orjson

from cmdb.graph.elements import Seen, Stamp
from cmdb.graph.errors import StoreDamagedError

_SEEN_WIDTH = 3


def stamps_text(stamps: Mapping[str, Stamp]) -> str | None:
    """Stamps as JSON, the properties of one source and moment together: [[source, at, [names]]]."""
    groups: dict[Stamp, list[str]] = {}
    for name, stamp in stamps.items():
        groups.setdefault(stamp, []).append(name)
    return orjson.dumps([[*stamp, names] for stamp, names in groups.items()]).decode() if groups else None


def stamps_of(text: str | None) -> dict[str, Stamp]:
    """The stamps of their JSON.

    Raises:
        StoreDamagedError: it is not what was written.
    """
    if text is None:
        return {}
    try:
        groups = orjson.loads(text)
        return {name: Stamp(source, at) for source, at, names in groups for name in names}
    except (orjson.JSONDecodeError, TypeError, ValueError) as error:
        raise StoreDamagedError(f"a node's stamps cannot be read ({error})") from error


def seen_list(seen: Mapping[str, Seen]) -> list[str] | None:
    """Sightings as one list: source, first, last; source, first, last; and so on."""
    return [text for source, span in sorted(seen.items()) for text in (source, *span)] or None


def seen_of(texts: Sequence[str] | None) -> dict[str, Seen]:
    """The sightings of their list."""
    if not texts:
        return {}
    parts = [texts[place::_SEEN_WIDTH] for place in range(_SEEN_WIDTH)]
    return {source: Seen(first, last) for source, first, last in zip(*parts, strict=True)}


def claims_of(texts: Iterable[str] | None) -> list[str]:
    """The identifiers a node holds."""
    return list(texts or ())
