"""On whose behalf a mutation is carried out."""

from __future__ import annotations

from cmdb.api.context import ApiInfo
from cmdb.records.requests import Attribution


def attribution(info: ApiInfo, given: object | None) -> Attribution:
    """Who asks, and the `reason` and `request_id` of a mutation's input where it has them."""
    return Attribution(
        info.context.actor, getattr(given, "reason", None) or "", getattr(given, "request_id", None)
    )
