"""Nothing of an operation goes on after its answer, and nothing is left that was never begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

MANY = 4096
"""Once so many coroutines are remembered, those already begun are forgotten."""


class Begun:
    """Remembers coroutines until they are begun, and closes those that never were.

    A field that fails where none may be null takes its siblings with it. graphql-core cancels what they wait
    for; a coroutine that is cancelled before its first step drops those it would have awaited.
    """

    def __init__(self) -> None:
        self._made: list[CoroutineType[Any, Any, Any]] = []
        self._bound = MANY

    def note(self, value: object) -> None:
        """Remember it, if it is a coroutine."""
        if type(value) is CoroutineType:
            self._made.append(value)
            if len(self._made) > self._bound:
                self._made = [each for each in self._made if getcoroutinestate(each) == CORO_CREATED]
                self._bound = max(MANY, 2 * len(self._made))

    def close(self) -> None:
        """Close those never begun, the latest first, which hold the ones before."""
        while self._made:
            coroutine = self._made.pop()
            if getcoroutinestate(coroutine) == CORO_CREATED:
                coroutine.close()


class TidyExecutor(StrawberryGraphQLCoreExecutionContext):
    """Ends what it began: cancels what still runs when the answer is there, and closes what was never begun."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begun = self._begun = Begun()
        known = self.is_awaitable

        def is_awaitable(value: Any) -> bool:
            found = known(value)
            if found:
                begun.note(value)
            return found

        self.is_awaitable = is_awaitable  # type: ignore[assignment]  # a guard of the same meaning

    def complete_list_item_value(
        self, item: Any, complete_results: list[Any], *completing: Any, **named: Any
    ) -> bool:
        """True when the item is to be awaited; what it is awaited by is not looked at elsewhere."""
        is_awaited = super().complete_list_item_value(item, complete_results, *completing, **named)
        if is_awaited:
            self._begun.note(complete_results[-1])
        return is_awaited

    def complete_awaitable_list_item_value(self, *completing: Any, **named: Any) -> Any:
        """What an item is awaited by that has to be awaited itself."""
        awaited = super().complete_awaitable_list_item_value(*completing, **named)
        self._begun.note(awaited)
        return awaited

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The answer, or what to wait for it by."""
        result = super().execute_operation(serially)
        if isinstance(result, Awaitable):
            return self._ended(result)
        self._cancelled()
        self._begun.close()
        return result

    async def _ended(self, result: Awaitable[Any]) -> Any:
        try:
            return await result
        finally:
            await asyncio.gather(*self._cancelled(), return_exceptions=True)
            self._begun.close()

    def _cancelled(self) -> list[asyncio.Future[Any]]:
        """What still runs, cancelled."""
        running = [future for future in self.background_futures if not future.done()]
        for future in running:
            future.cancel()
        return running
