"""A gateway that answers from a table, and consoles whose text can be read."""

from __future__ import annotations

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
        operation = query.split("query ")[1].split("(")[0].split("{")[0].strip()
        self.asked.append((operation, variables))
        return self.answers[operation]


def shown(parts: Iterable[RenderableType], width: int = 200) -> str:
    """What a person would read, without colours and without blanks at line ends."""
    console = Console(file=StringIO(), width=width, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO above
    return "\n".join(line.rstrip() for line in text.splitlines())
