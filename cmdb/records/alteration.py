"""Changes to records that are there: read, judge, write on the version that was read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cmdb.graph.batch import LinkDelete, NodeUpdate, WriteBatch
from cmdb.graph.elements import Node
from cmdb.graph.errors import VersionConflictError
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import Clock, instant_text
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.values import Value
from cmdb.model.check import Checked, altered, differences
from cmdb.model.records import Action, RecordType
from cmdb.model.types import Model
from cmdb.records.actions import misplaced, unknown_action
from cmdb.records.errors import Findings, RecordNotFoundError
from cmdb.records.history import history_of
from cmdb.records.judge import STATUS, Judge, check_attributes
from cmdb.records.links import LinkChecker, links_of, puts, with_links, without_links
from cmdb.records.requests import Operation, Written
from cmdb.records.situation import LinkedNode, Situation
from cmdb.records.terminal import refusals

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one attempt has read and checked before it judges."""

    node: Node
    record_type: RecordType
    action: Action | None
    checked: Checked
    put: tuple[LinkedNode, ...]
    links: tuple[LinkedNode, ...]
    findings: Findings


class Alterations:
    """Carries operations on records out."""

    def __init__(
        self, store: GraphStore, model: Model, clock: Clock, judge: Judge, checker: LinkChecker
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._judge = judge
        self._checker = checker

    async def perform(self, operation: Operation) -> Written:
        """Write the operation as one commit; one whose request id was seen before gives its first result.

        Raises:
            CmdbError: as RecordEngine's methods say.
        """
        try:
            return await self._attempts(operation)
        except CmdbError:
            # Repeating a step that succeeded is refused by the lifecycle before the store could recognise it.
            earlier = await self._earlier(operation)
            if earlier is None:
                raise
            return earlier

    async def record(self, record_id: str) -> Node:
        """The record with this id.

        Raises:
            RecordNotFoundError: there is none, or it is no record.
        """
        node = (await self._store.get([record_id])).get(record_id)
        if node is None:
            raise RecordNotFoundError(f"there is no record {record_id!r}")
        if node.label not in self._model.record_types:
            raise RecordNotFoundError(f"{record_id!r} is a {node.label}, not a record")
        return node

    async def _attempts(self, operation: Operation) -> Written:
        """Who names no version wants the change on whatever the record is by then, if it still fits."""
        if operation.expected_version is None:
            for _ in range(_ATTEMPTS - 1):
                try:
                    return await self._attempt(operation)
                except VersionConflictError:
                    continue
        return await self._attempt(operation)

    async def _attempt(self, operation: Operation) -> Written:
        reading = await self._read(operation)
        after = self._judged(operation, reading)
        node = reading.node
        version = node.version if operation.expected_version is None else operation.expected_version
        commit = await self._store.commit(
            WriteBatch(
                operation.attribution.actor,
                operation.attribution.reason or _reason(node, operation),
                updates=(NodeUpdate(node.id, differences(node.properties, after), version),),
                link_puts=puts(node.id, reading.put),
                link_deletes=tuple(LinkDelete(request.key(node.id)) for request in operation.removed),
                request_id=operation.attribution.request_id,
            )
        )
        return Written(await self.record(node.id), commit.revision, commit.replayed)

    async def _read(self, operation: Operation) -> _Reading:
        node = await self.record(operation.record_id)
        record_type = self._model.record_types[node.label]
        present = (await links_of(self._store, [node.id]))[node.id]
        others = await self._store.get([link.other for link in (*operation.put, *operation.removed)])
        checked = check_attributes(record_type, operation.attributes)
        put, link_mistakes = self._checker.check(node.label, operation.put, others, node.id)
        name = operation.action
        unknown = unknown_action(record_type, name) if name is not None else ()
        unknown_types = self._checker.check_types(operation.removed)
        return _Reading(
            node,
            record_type,
            record_type.lifecycle.actions.get(name) if name is not None else None,
            checked,
            tuple(put),
            with_links(without_links(present, operation.removed), put),
            Findings(
                f"{node.name} was not changed",
                closed=tuple(refusals(self._model, node, operation, others)),
                misplaced=misplaced(record_type, node, name) if name is not None else (),
                mistakes=(*unknown, *checked.mistakes, *link_mistakes, *unknown_types),
                is_step=name is not None,
            ),
        )

    def _judged(self, operation: Operation, reading: _Reading) -> dict[str, Value]:
        """The record as it is to be written.

        Raises:
            CmdbError: something stands in the way.
        """
        node, findings = reading.node, reading.findings
        after = altered(node.properties, reading.checked.values)
        if findings.closed or findings.misplaced:
            findings.raise_any()
        verdict = self._judge.decide(
            Situation(
                record_type=reading.record_type,
                action=reading.action,
                before=node.properties,
                given=reading.checked.values,
                after=after | {STATUS: reading.action.target} if reading.action else after,
                links=reading.links,
                now=instant_text(self._clock.now()),
                actor=operation.attribution.actor,
            ),
            reading.checked.refused,
        )
        replace(findings, objections=verdict.objections).raise_any()
        return dict(verdict.after)

    async def _earlier(self, operation: Operation) -> Written | None:
        request_id = operation.attribution.request_id
        if request_id is None:
            return None
        node = (await self._store.get([operation.record_id])).get(operation.record_id)
        if node is None or node.label not in self._model.record_types:
            return None
        for entry in await history_of(self._store, node, self._model.record_types[node.label].lifecycle):
            if entry.request_id == request_id:
                return Written(node, entry.revision, replayed=True)
        return None


def _reason(node: Node, operation: Operation) -> str:
    done = [operation.action.replace("_", " ")] if operation.action else []
    done += ["changed"] if operation.attributes and not operation.action else []
    done += [f"linked by {request.type}" for request in operation.put]
    done += [f"{request.type} link removed" for request in operation.removed]
    return f"{node.name}: {', '.join(done) or 'changed'}"
