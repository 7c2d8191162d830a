"""GraphQL execution that tries columns first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from graphql import GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from cmdb.api.batching.columns import Completion
from cmdb.api.batching.kept import KeptColumns
from cmdb.api.batching.plans import Planner, is_settled

PATIENCE = 16
"""So often a completion may meet values that are not plain before it is no longer tried."""


class _Trial:
    """A completion with how often it was in vain."""

    __slots__ = ("completion", "failures", "kept")

    def __init__(self, completion: Completion | None, kept: object) -> None:
        self.completion = completion
        self.failures = 0
        self.kept = kept  # what the identity in the key belongs to, lest another takes its place

    def of(self, values: Any) -> list[Any] | None:
        if self.completion is None:
            return None
        found = self.completion(values)
        if found is None:
            self.failures += 1
            if self.failures >= PATIENCE:
                self.completion = None
        return found


class BatchingExecution(StrawberryGraphQLCoreExecutionContext):
    """Completes plain fields in columns, and all else as it always was.

    A column is either completed as a whole, without an error and without anything to wait for, or it is left to
    graphql-core: so answers are the same, errors and their order included.
    """

    kept: ClassVar[KeptColumns | None] = None
    """Where the columns are whose results are kept with nodes: those of one schema. None: nothing is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        middleware = self.middleware_manager
        self._stock = self.abort_signal is not None or bool(middleware and middleware.middlewares)
        self._planner = Planner(self, self.kept)
        self._fields: dict[tuple[object, int], _Trial] = {}
        self._lists: dict[tuple[object, int], _Trial] = {}

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: Any,
    ) -> Any:
        """One field of one object: a column of one."""
        if not self._stock and position_context is None:
            key = (parent_type, id(field_details_list))
            trial = self._fields.get(key)
            if trial is None:
                completion = self._planner.field(parent_type, field_details_list)
                trial = self._fields[key] = _Trial(completion, field_details_list)
            found = trial.of((source,))
            if found is not None:
                return found[0]
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    def complete_iterable_value(
        self,
        item_type: GraphQLOutputType,
        field_details_list: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        """A list that a resolver gave: its items are a column."""
        kind = type(items)
        if not self._stock and position_context is None and (kind is list or kind is tuple):
            key = (item_type, id(field_details_list))
            trial = self._lists.get(key)
            if trial is None:
                settled = is_settled(field_details_list)
                completion = self._planner.value(item_type, field_details_list) if settled else None
                trial = self._lists[key] = _Trial(completion, field_details_list)
            found = trial.of(items)
            if found is not None:
                return found
        return super().complete_iterable_value(
            item_type, field_details_list, info, path, items, position_context
        )
