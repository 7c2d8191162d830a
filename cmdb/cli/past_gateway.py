"""Asking of the past what is else asked of the present."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.api.document_as_of import FIELD, document_as_of
from cmdb.cli.gateway import NO_VARIABLES, Gateway


class PastGateway:
    """Puts each operation below `asOf` before it is answered, and takes the answer out again.

    `moment` is a revision's number or a time (RFC 3339).
    """

    def __init__(self, gateway: Gateway, moment: str) -> None:
        self._gateway = gateway
        self._moment = moment

    async def answer(
        self, query: str, variables: Mapping[str, object] = NO_VARIABLES, name: str | None = None
    ) -> Mapping[str, object]:
        """The whole answer, `data` and `errors`."""
        answer = await self._gateway.answer(document_as_of(query, self._moment), variables, name)
        data = answer.get("data")
        return {**answer, "data": data.get(FIELD)} if isinstance(data, dict) else answer
