"""Who did it: every revision names an actor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of actor it is."""

    PERSON = "person"
    IMPORTER = "importer"
    SERVICE = "service"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program on whose behalf something is written."""

    name: str
    kind: ActorKind = ActorKind.PERSON


def system_actor() -> Actor:
    """The product itself, for what nobody asked for in person (migrations, flows)."""
    return Actor("cmdb", ActorKind.SYSTEM)
