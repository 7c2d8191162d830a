"""CIs and relationships written by hand: validated like an import, identified by the same rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cmdb.graph.batch import LinkDelete, LinkPut, NodeCreate, NodeUpdate, WriteBatch
from cmdb.graph.elements import LinkKey, Node, Stamp
from cmdb.graph.errors import IdentifierTakenError
from cmdb.graph.store import GraphStore
from cmdb.inventory.compiled import compile_model
from cmdb.inventory.engine import DEFAULT_SCOPE
from cmdb.kernel.clock import Clock, instant_text
from cmdb.kernel.ids import IdSource
from cmdb.kernel.values import Value
from cmdb.model.check import altered, did_you_mean, differences, missing_values, with_defaults
from cmdb.model.types import Model
from cmdb.processes.configuration.claims import Claimant
from cmdb.processes.configuration.errors import InvalidItemError, ItemExistsError, ItemNotFoundError
from cmdb.processes.configuration.item_values import checked_values
from cmdb.processes.configuration.reclassification import misfits
from cmdb.processes.configuration.relationships import (
    CheckedRelationship,
    RelationshipRequest,
    check_relationship,
    crowded_ends,
)
from cmdb.records.errors import listed
from cmdb.records.requests import Attribution, LinkRequest, Written

SOURCE = "manual"
"""The source under which values written by hand stand; the revision names the person."""

RETIRED = "retired"


class ConfigurationItems:
    """Creates, updates, retires, reclassifies, relates and unrelates CIs; each is one commit."""

    def __init__(
        self, store: GraphStore, model: Model, clock: Clock, ids: IdSource, scope: str = DEFAULT_SCOPE
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._ids = ids
        self._compiled = compile_model(model)
        self._claimant = Claimant(store, self._compiled, SOURCE, scope)

    async def create(
        self,
        class_name: str,
        attributes: Mapping[str, object],
        attribution: Attribution,
        relationships: Sequence[LinkRequest] = (),
    ) -> Written:
        """Make a CI with its relationships.

        Raises:
            InvalidItemError: class, attributes or relationships do not fit; every mistake is named.
            ItemExistsError: an identifier belongs to another CI.
        """
        self._require_class(class_name)
        plan = self._compiled.classes[class_name]
        values = checked_values(plan, attributes)
        mistakes = list(values.mistakes)
        if plan.abstract:
            mistakes.append(f"{class_name} is only a heading for its subclasses; name one of them")
        after = with_defaults(plan.attributes, values.given)
        mistakes += missing_values(class_name, values.still_wanted(plan.attributes), after)
        node_id = self._ids.new_id()
        node = Node(node_id, class_name, after, 0, 0, "", "")
        requests = [RelationshipRequest(each.key(node_id), each.properties) for each in relationships]
        nodes = {**await self._store.get([each.other for each in relationships]), node_id: node}
        checked = await self._related(requests, nodes, mistakes)
        _refuse(f"The {class_name} was not made", mistakes)
        keys = [each.key for each in checked]
        claims = await self._claimant.of_new(plan, node_id, after, keys)
        others = {key: value for key, value in nodes.items() if key != node_id}
        create = NodeCreate(
            node_id, class_name, after, (*claims.strong, *claims.weak), self._stamps(values.given)
        )
        return await self._commit(
            WriteBatch(
                attribution.actor,
                attribution.reason or f"{class_name} {node.name} created",
                creates=(create,),
                updates=tuple(await self._claimant.of_dependents(others, keys)),
                link_puts=tuple(LinkPut(each.key, each.properties) for each in checked),
                request_id=attribution.request_id,
            ),
            node_id,
        )

    async def update(
        self,
        ci_id: str,
        changes: Mapping[str, object],
        attribution: Attribution,
        *,
        expected_version: int | None = None,
    ) -> Written:
        """Change attributes; None takes a value away.

        Raises:
            ItemNotFoundError: no such CI.
            InvalidItemError: the result does not fit; every mistake is named.
            ItemExistsError: an identifier belongs to another CI.
            VersionConflictError: it is not the expected version, or was changed in the meantime.
        """
        node = await self._item(ci_id)
        return await self._alter(node, node.label, changes, attribution, expected_version)

    async def retire(
        self, ci_id: str, attribution: Attribution, *, expected_version: int | None = None
    ) -> Written:
        """Take a CI out of use; it stays in the graph and carries no impact. Raises as `update` does."""
        node = await self._item(ci_id)
        reason = attribution.reason or f"{node.name} retired"
        because = Attribution(attribution.actor, reason, attribution.request_id)
        return await self._alter(node, node.label, {"status": RETIRED}, because, expected_version)

    async def reclassify(
        self,
        ci_id: str,
        class_name: str,
        attribution: Attribution,
        *,
        changes: Mapping[str, object] | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Make it a CI of another class, with the changes that this needs.

        Attributes and relationships that the other class cannot have are mistakes, not silently dropped;
        give None for such an attribute. Raises as `update` does.
        """
        node = await self._item(ci_id)
        return await self._alter(node, class_name, changes or {}, attribution, expected_version)

    async def relate(
        self, key: LinkKey, attributes: Mapping[str, object], attribution: Attribution
    ) -> Written:
        """Put a relationship with exactly these attributes; gives the source as it is then.

        Raises:
            ItemNotFoundError: the source is no CI.
            InvalidItemError: the model does not permit it; every mistake is named.
        """
        source = await self._item(key.source)
        nodes = await self._store.get([key.source, key.target])
        mistakes: list[str] = []
        checked = await self._related([RelationshipRequest(key, attributes)], nodes, mistakes)
        _refuse(f"{source.name} was not related", mistakes)
        return await self._commit(
            WriteBatch(
                attribution.actor,
                attribution.reason or f"{source.name} {self._verb(key)} {nodes[key.target].name}",
                updates=tuple(await self._claimant.of_dependents(nodes, [key])),
                link_puts=tuple(LinkPut(each.key, each.properties) for each in checked),
                request_id=attribution.request_id,
            ),
            key.source,
        )

    async def unrelate(self, key: LinkKey, attribution: Attribution) -> Written:
        """Take a relationship away; nothing happens when it is not there. Gives the source as it is then.

        Raises:
            ItemNotFoundError: the source is no CI.
            InvalidItemError: there is no such relationship type.
        """
        source = await self._item(key.source)
        if key.type not in self._model.relationship_types:
            near = did_you_mean(key.type, self._model.relationship_types)
            _refuse(f"{source.name} was not unrelated", [f"there is no relationship type {key.type!r}{near}"])
        nodes = await self._store.get([key.source, key.target])
        return await self._commit(
            WriteBatch(
                attribution.actor,
                attribution.reason or f"{source.name}: {key.type} taken away",
                updates=tuple(await self._claimant.of_dependents(nodes, gone=[key])),
                link_deletes=(LinkDelete(key),),
                request_id=attribution.request_id,
            ),
            key.source,
        )

    async def _alter(
        self,
        node: Node,
        class_name: str,
        changes: Mapping[str, object],
        attribution: Attribution,
        expected_version: int | None,
    ) -> Written:
        self._require_class(class_name)
        plan = self._compiled.classes[class_name]
        taken_away = {name for name, value in changes.items() if value is None and name in node.properties}
        asked = {name: v for name, v in changes.items() if name in plan.attributes or name not in taken_away}
        values = checked_values(plan, asked)
        after = altered(node.properties, {**values.given, **dict.fromkeys(taken_away)})
        mistakes = list(values.mistakes)
        if class_name != node.label:
            mistakes += await misfits(self._store, self._model, node, class_name, after)
        mistakes += missing_values(class_name, values.still_wanted(plan.attributes), after)
        _refuse(f"{node.name} was not changed", mistakes)
        claims = await self._claimant.of_known(plan, node.id, after)
        altering = differences(node.properties, after)
        update = NodeUpdate(
            node.id,
            altering,
            node.version if expected_version is None else expected_version,
            class_name if class_name != node.label else None,
            (*claims.strong, *claims.weak),
            claims.releases,
            self._stamps({name: value for name, value in altering.items() if value is not None}),
        )
        return await self._commit(
            WriteBatch(
                attribution.actor,
                attribution.reason or f"{node.name} changed",
                updates=(update,),
                request_id=attribution.request_id,
            ),
            node.id,
        )

    async def _related(
        self, requests: Sequence[RelationshipRequest], nodes: Mapping[str, Node], mistakes: list[str]
    ) -> list[CheckedRelationship]:
        """The relationships as they would be written; what is wrong with them is added to the mistakes."""
        checked = [check_relationship(self._model, request, nodes) for request in requests]
        wrong = [mistake for each in checked for mistake in each.mistakes]
        mistakes += wrong or await crowded_ends(
            self._store, self._model, [each.key for each in checked], nodes
        )
        return checked

    async def _commit(self, batch: WriteBatch, node_id: str) -> Written:
        try:
            commit = await self._store.commit(batch)
        except IdentifierTakenError as taken:
            raise await self._exists(taken) from taken
        written = commit.created[0] if commit.created else node_id
        return Written(await self._item(written), commit.revision, commit.replayed)

    async def _exists(self, taken: IdentifierTakenError) -> ItemExistsError:
        holder_id = str(taken.details.get("holder", ""))
        holder = (await self._store.get([holder_id])).get(holder_id)
        shown = f"{holder.label} {holder.name} ({holder.id})" if holder else "another CI"
        identifier = str(taken.details.get("identifier", ""))
        return ItemExistsError(
            f"{shown} already has the identifier {identifier!r}",
            details={"holder": holder_id, "identifier": identifier},
        )

    async def _item(self, ci_id: str) -> Node:
        node = (await self._store.get([ci_id])).get(ci_id)
        if node is None:
            raise ItemNotFoundError(f"there is no configuration item {ci_id!r}")
        if node.label not in self._model.classes:
            raise ItemNotFoundError(f"{ci_id!r} is a {node.label}, not a configuration item")
        return node

    def _require_class(self, name: str) -> None:
        if name not in self._model.classes:
            near = did_you_mean(name, self._model.classes)
            message = f"there is no CI class {name!r}{near}"
            raise InvalidItemError(message, details={"mistakes": [message]})

    def _stamps(self, values: Mapping[str, Value | None]) -> dict[str, Stamp]:
        stamp = Stamp(SOURCE, instant_text(self._clock.now()))
        return {name: stamp for name, value in values.items() if value is not None}

    def _verb(self, key: LinkKey) -> str:
        return self._model.relationship_types[key.type].verb


def _refuse(subject: str, mistakes: Sequence[str]) -> None:
    if mistakes:
        raise InvalidItemError(listed(subject, mistakes), details={"mistakes": list(mistakes)})
