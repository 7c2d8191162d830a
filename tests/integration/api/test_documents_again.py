"""A document that was sent before is neither parsed nor validated again, and answered no differently for it."""

from __future__ import annotations

import pytest

from tests.office import Office

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIST = "query($n: Int!) { configurationItems(first: $n) { nodes { id relationships(first: $n) { truncated } } } }"


async def test_a_document_that_is_not_valid_is_refused_again(office: Office) -> None:
    """With the same errors."""
    first = await office.answer("{ nothing { at } all }")

    assert len(first["errors"]) == 2
    assert first == await office.answer("{ nothing { at } all }")


async def test_bounds_go_by_the_values_of_each_request(office: Office) -> None:
    """A document that was within them is refused with values that are not."""
    assert "errors" not in await office.answer(LIST, {"n": 10})

    beyond = await office.answer(LIST, {"n": 1_000})
    assert [error["extensions"]["code"] for error in beyond["errors"]] == ["DOCUMENT_TOO_LARGE"]
