"""The API's answer about two moments as the command line reads it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from cmdb.cli.answers import Answer


class Moment(Answer):
    """A revision, and its time (RFC 3339)."""

    revision: int
    at: str


class DiffNode(Answer):
    """What became of a CI or record: the values that differ."""

    id: str
    name: str | None = None
    label: str
    old_label: str | None = None
    kind: str
    before: Mapping[str, object]
    after: Mapping[str, object]


class DiffLink(Answer):
    """What became of a relationship or link."""

    type: str
    source: str
    source_name: str | None = None
    target: str
    target_name: str | None = None
    kind: str
    before: Mapping[str, object]
    after: Mapping[str, object]


class RevisionActor(Answer):
    """Who committed."""

    name: str


class DiffEntry(Answer):
    """A node or a link that differs, and the revision that altered it last."""

    revision: int
    at: str
    actor: RevisionActor
    reason: str | None = None
    node: DiffNode | None = None
    link: DiffLink | None = None


class Diff(Answer):
    """The first of what differs between two moments."""

    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    total_count: int
    nodes: tuple[DiffEntry, ...]


class Revision(Answer):
    """One commit, and how many nodes and links it altered."""

    number: int
    at: str
    reason: str | None = None
    actor: RevisionActor
    node_count: int
    link_count: int


class Revisions(Answer):
    """Some revisions, oldest first, and the number of the newest there is."""

    head: int
    revisions: tuple[Revision, ...]
