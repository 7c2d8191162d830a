"""The record engine: every write to a record goes through it, and is one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cmdb.graph.batch import NodeCreate, Numbering, WriteBatch
from cmdb.graph.elements import Node
from cmdb.graph.query import Condition, NodeQuery, Operator
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.kernel.clock import Clock, instant_text
from cmdb.kernel.ids import IdSource
from cmdb.model.check import did_you_mean, with_defaults
from cmdb.model.records import RecordType
from cmdb.model.types import Model
from cmdb.records.actions import AvailableAction, available_from
from cmdb.records.alteration import Alterations
from cmdb.records.behaviour import Behaviour, check_implemented
from cmdb.records.errors import Findings, RecordNotFoundError, UnknownRecordTypeError
from cmdb.records.history import HistoryEntry, history_of
from cmdb.records.judge import STATUS, Judge, check_attributes
from cmdb.records.links import LinkChecker, links_of, puts
from cmdb.records.requests import Attribution, LinkRequest, Operation, Written
from cmdb.records.situation import Situation


class RecordEngine:
    """Makes records, changes them, takes them through their lifecycles, and tells their history."""

    def __init__(
        self, store: GraphStore, model: Model, clock: Clock, ids: IdSource, behaviour: Behaviour
    ) -> None:
        """Raises BehaviourError when a lifecycle names a guard or effect that `behaviour` lacks."""
        check_implemented(model.record_types.values(), behaviour)
        self._store = store
        self._model = model
        self._clock = clock
        self._ids = ids
        self._judge = Judge(behaviour)
        self._checker = LinkChecker(model)
        self._alterations = Alterations(store, model, clock, self._judge, self._checker)

    async def create(
        self,
        type_name: str,
        attributes: Mapping[str, object],
        attribution: Attribution,
        links: Sequence[LinkRequest] = (),
    ) -> Written:
        """Make a record in its initial state, with its number and its links.

        Raises:
            UnknownRecordTypeError: no such type.
            InvalidRecordError: attributes or links do not fit; every mistake is named.
        """
        record_type = self.record_type(type_name)
        checked = check_attributes(record_type, attributes)
        others = await self._store.get([request.other for request in links])
        linked, link_mistakes = self._checker.check(type_name, links, others)
        after = with_defaults(record_type.attributes, checked.values)
        situation = Situation(
            record_type=record_type,
            action=None,
            before={},
            given=checked.values,
            after={**after, STATUS: record_type.lifecycle.initial},
            links=tuple(linked),
            now=self._now(),
            actor=attribution.actor,
        )
        verdict = self._judge.decide(situation, checked.refused)
        Findings(
            f"The {type_name} was not made",
            mistakes=(*checked.mistakes, *link_mistakes),
            objections=verdict.objections,
        ).raise_any()
        number = Numbering(record_type.number.prefix, record_type.number.digits)
        record_id = self._ids.new_id()
        commit = await self._store.commit(
            WriteBatch(
                attribution.actor,
                attribution.reason or f"{type_name} created",
                creates=(NodeCreate(record_id, type_name, verdict.after, numbering=number),),
                link_puts=puts(record_id, linked),
                request_id=attribution.request_id,
            )
        )
        made = commit.created[0]  # of the first run, when this is a repetition
        return Written(await self._alterations.record(made), commit.revision, commit.replayed)

    async def update(
        self,
        record_id: str,
        changes: Mapping[str, object],
        attribution: Attribution,
        *,
        links: Sequence[LinkRequest] = (),
        expected_version: int | None = None,
    ) -> Written:
        """Change attributes without a step of the lifecycle; None takes a value away.

        Raises:
            RecordNotFoundError: no such record.
            InvalidRecordError: the result does not fit; every mistake is named.
            RecordClosedError: it is in a terminal state.
            VersionConflictError: it is not the expected version any more.
        """
        return await self._alterations.perform(
            Operation(record_id, attribution, None, changes, tuple(links), (), expected_version)
        )

    async def act(
        self,
        record_id: str,
        action: str,
        attributes: Mapping[str, object],
        attribution: Attribution,
        *,
        links: Sequence[LinkRequest] = (),
        expected_version: int | None = None,
    ) -> Written:
        """Take a step of the lifecycle, with attributes and links that belong to it, all in one commit.

        Raises:
            RecordNotFoundError: no such record.
            ActionNotAllowedError: the action does not start from the record's state.
            InvalidRecordError: there is no such action, or attributes or links do not fit.
            ActionRefusedError: something required is missing, or a guard objects.
            VersionConflictError: it is not the expected version any more.
        """
        return await self._alterations.perform(
            Operation(record_id, attribution, action, attributes, tuple(links), (), expected_version)
        )

    async def link(self, record_id: str, request: LinkRequest, attribution: Attribution) -> Written:
        """Put a link to a CI or another record; one that is there gets exactly these properties.

        Raises:
            RecordNotFoundError: no such record.
            InvalidRecordError: the model does not permit the link; every mistake is named.
            RecordClosedError: neither end is a record that is still alive.
        """
        return await self._alterations.perform(Operation(record_id, attribution, put=(request,)))

    async def unlink(self, record_id: str, request: LinkRequest, attribution: Attribution) -> Written:
        """Take a link away; nothing happens when it is not there. Raises as `link` does."""
        return await self._alterations.perform(Operation(record_id, attribution, removed=(request,)))

    async def find(self, reference: str) -> Node:
        """The record with this id or number (`INC0000001`, in any case of letters).

        Raises:
            RecordNotFoundError: there is none.
        """
        node = (await self._store.get([reference])).get(reference)
        if node is not None and node.label in self._model.record_types:
            return node
        if node is not None:
            raise RecordNotFoundError(f"{reference!r} is a {node.label}, not a record")
        condition = Condition("number", Operator.EQ, reference.strip().upper())
        page = await self._store.find(NodeQuery(tuple(self._model.record_types), condition, first=1))
        if not page.nodes:
            raise RecordNotFoundError(f"there is no record {reference!r}")
        return page.nodes[0]

    async def history(self, record_id: str) -> list[HistoryEntry]:
        """Who did what to the record and its links, and when; oldest first.

        Raises:
            RecordNotFoundError: no such record.
        """
        node = await self._alterations.record(record_id)
        return await history_of(self._store, node, self.record_type(node.label).lifecycle)

    async def available_actions(
        self, records: Sequence[Node], actor: Actor
    ) -> dict[str, tuple[AvailableAction, ...]]:
        """By record id: the actions its state allows, each with what it still lacks; three reads for all."""
        links = await links_of(self._store, [record.id for record in records])
        now = self._now()
        return {
            record.id: available_from(
                self._judge, self.record_type(record.label), record, links[record.id], actor, now
            )
            for record in records
        }

    def record_type(self, name: str) -> RecordType:
        """The record type of this name.

        Raises:
            UnknownRecordTypeError: no such type.
        """
        found = self._model.record_types.get(name)
        if found is None:
            near = did_you_mean(name, self._model.record_types)
            raise UnknownRecordTypeError(f"there is no record type {name!r}{near}")
        return found

    def _now(self) -> str:
        return instant_text(self._clock.now())
