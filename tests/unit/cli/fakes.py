"""A gateway that answers from a table, and consoles whose text can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO

from rich.console import Console, RenderableType

NOTHING: Mapping[str, object] = {}


@dataclass
class FakeGateway:
    """Answers each operation by its name; remembers what it was asked."""

    answers: Mapping[str, Mapping[str, object]]
    asked: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    async def answer(
        self, query: str, variables: Mapping[str, object] = NOTHING, name: str | None = None
    ) -> Mapping[str, object]:
        """The answer in the table for the first operation named in the query."""
        operation = re.search(r"query (\w+)", query)
        assert operation is not None
        self.asked.append((operation[1], variables))
        return self.answers[operation[1]]


def shown(parts: Iterable[RenderableType], width: int = 200) -> str:
    """What a person would read, without colours and without blanks at line ends."""
    written = StringIO()
    console = Console(file=written, width=width, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines())
