"""The API's answers as the command line reads them; what is not shown is not listed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from cmdb.kernel.errors import CmdbError, ErrorKind


class AnswerError(CmdbError):
    """An answer has another shape than this version of the command expects."""

    code = "ANSWER_UNEXPECTED"
    kind = ErrorKind.UNAVAILABLE
    summary = "The answer has another shape than this version of the command expects."
    default_remedy = "Use the same version of the command and of the server."


class Answer(BaseModel):
    """Fields are named as in GraphQL; what an answer holds besides is passed over."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


A = TypeVar("A", bound=Answer)


def read(shape: type[A], value: object) -> A:
    """A part of an answer in its shape.

    Raises:
        AnswerError: it does not have it.
    """
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise AnswerError(f"the answer's {place or 'data'}: {first['msg']}") from error


class Ci(Answer):
    """A CI in a list; `class_name` is empty where it was not asked for."""

    id: str
    name: str | None = None
    class_name: str = Field(alias="class", default="")

    @property
    def shown(self) -> str:
        """Its name, or its id when it has none."""
        return self.name or self.id


class Group(Answer):
    """The redundancy group through which a CI is hit."""

    name: str
    members: int
    needed: int
    up: int
    healthy: int


class Step(Answer):
    """A CI on an explaining path; `verb` reads from the one before to this one."""

    ci: Ci
    state: str
    verb: str | None = None
    group: Group | None = None


class Path(Answer):
    """An explaining path."""

    steps: tuple[Step, ...] = ()


class Affected(Answer):
    """A CI that is hit."""

    ci: Ci
    state: str
    distance: int
    path: Path = Path()


class AffectedPage(Answer):
    """The first of what is hit."""

    total_count: int
    nodes: tuple[Affected, ...]


class StateCount(Answer):
    """How many are in a state."""

    state: str
    count: int


class StartState(Answer):
    """A CI that was asked about, in the state it ends in."""

    ci: Ci
    state: str


class AffectedService(Answer):
    """A service that is hit."""

    ci: Ci
    state: str
    users_affected: int
    cost_per_hour: float


class ImpactSummary(Answer):
    """The services that are hit and the sums over them."""

    services: tuple[AffectedService, ...]
    users_at_least: int
    users_at_most: int
    cost_per_hour: float


class Responsible(Answer):
    """A team or person to tell."""

    party: Ci
    count: int


class Truncation(Answer):
    """What a limit left out; how many is not known where the region itself was cut."""

    reason: str
    limit: int
    left_out: int | None = None


class RecordLine(Answer):
    """A record in a list."""

    id: str
    number: str
    type: str = ""
    title: str | None = None
    status: str = ""
    open: bool = True
    attributes: Mapping[str, object] = Field(default_factory=dict)


class ImpactRecord(Answer):
    """A record about what is hit, and the first of the CIs it is about."""

    record: RecordLine
    count: int
    cis: tuple[Ci, ...] = ()


class ImpactRecords(Answer):
    """The first of such records."""

    total_count: int = 0
    nodes: tuple[ImpactRecord, ...] = ()
    truncated: bool = False


class Impact(Answer):
    """What breaks, how badly, why and for whom."""

    starts: tuple[StartState, ...]
    by_state: tuple[StateCount, ...]
    affected: AffectedPage
    summary: ImpactSummary
    responsible: tuple[Responsible, ...]
    truncations: tuple[Truncation, ...] = ()
    open_incidents: ImpactRecords = ImpactRecords()
    planned_changes: ImpactRecords = ImpactRecords()


class ScorePart(Answer):
    """A part of a candidate's score."""

    part: str
    value: float
    weight: float
    points: float
    records: tuple[RecordLine, ...] = ()


class Symptom(Answer):
    """A symptom a candidate explains."""

    ci: Ci
    state: str
    path: Path = Path()


class Candidate(Answer):
    """A CI that may be the cause."""

    ci: Ci
    score: float
    symptoms: tuple[Symptom, ...]
    unexplained: tuple[Ci, ...]
    breaks_healthy: tuple[Ci, ...]
    would_affect: int
    parts: tuple[ScorePart, ...]


class UpstreamRecord(Answer):
    """A record about a CI upstream of a symptom."""

    record: RecordLine | None = None
    ci: Ci | None = None
    distance: int
    hours_before: float | None = None


class SimilarIncident(Answer):
    """An earlier incident that is like what is seen."""

    incident: RecordLine | None = None
    affected: Ci | None = None
    cause: Ci | None = None
    likeness: str


class RootCause(Answer):
    """Ranked candidates and what is to be made of them."""

    verdict: str
    considered: int
    verified: int
    truncated: bool
    causes: tuple[Ci, ...]
    unexplained: tuple[Ci, ...]
    recent_changes: tuple[UpstreamRecord, ...] = ()
    known_errors: tuple[UpstreamRecord, ...] = ()
    open_problems: tuple[UpstreamRecord, ...] = ()
    similar_incidents: tuple[SimilarIncident, ...] = ()
    candidates: tuple[Candidate, ...]


class Found(Answer):
    """What a search found: a CI or a record."""

    id: str
    status: str = ""
    name: str | None = None
    class_name: str = Field(alias="class", default="")
    number: str | None = None
    type: str = ""
    title: str | None = None


class Hit(Answer):
    """One result of a search."""

    node: Found
    score: float


class Relationship(Answer):
    """A relationship seen from one of its ends."""

    type: str
    verb: str
    attributes: Mapping[str, object] = Field(default_factory=dict)
    other: Found


class RelationshipList(Answer):
    """Relationships of a node."""

    nodes: tuple[Relationship, ...]
    truncated: bool


class Provenance(Answer):
    """Where a value came from."""

    attribute: str
    source: str
    observed_at: str


class Sighting(Answer):
    """When a source saw a CI."""

    source: str
    first_seen: str
    last_seen: str


class Item(Answer):
    """One CI in full."""

    id: str
    name: str | None = None
    class_name: str = Field(alias="class")
    status: str
    attributes: Mapping[str, object]
    version: int
    revision: int
    identifiers: tuple[str, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    relationships: RelationshipList
    records: tuple[RecordLine, ...]


class RecordAction(Answer):
    """A step that a record's state allows, with what it still lacks."""

    name: str
    missing: tuple[str, ...]
    objections: tuple[str, ...]


class Transition(Answer):
    """A step that was taken; the record's making has neither source nor action."""

    source: str | None
    target: str
    action: str | None


class HistoryEntry(Answer):
    """What one revision did to a record."""

    at: str
    actor: str
    reason: str
    transition: Transition | None


class FullRecord(RecordLine):
    """One record in full."""

    version: int
    available_actions: tuple[RecordAction, ...]
    history: tuple[HistoryEntry, ...]
    links: RelationshipList


class RecordPage(Answer):
    """The first of the records of a type."""

    total_count: int
    nodes: tuple[RecordLine, ...]
