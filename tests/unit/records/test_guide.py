"""The guide's pages tell the lifecycles as the model declares them.

`python -m tests.unit.records.test_guide` writes them again.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from cmdb.model.records import RecordType
from cmdb.records.common import common_behaviour
from cmdb.records.priority import priority_of
from tests.unit.records.desk import product_model

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "records.md"
_SLOT = re.compile(r"<!-- lifecycle: (\w+) -->\n(?:\n(?:[|`].*\n)+)*")
_COMMON = re.compile(r"<!-- common behaviour -->\n(?:\n(?:[|].*\n)+)*")


def lifecycle(record_type: RecordType) -> Iterator[str]:
    """The states in a line, and the actions in a table."""
    states = record_type.lifecycle.states.values()
    yield ", ".join(f"`{state.name}`{' ■' if state.terminal else ''}" for state in states) + ".\n\n"
    yield "| action | from | to | requires | guards |\n|---|---|---|---|---|\n"
    for action in record_type.lifecycle.actions.values():
        cells = (action.sources, (action.target,), action.requires, action.guards)
        shown = [", ".join(f"`{name}`" for name in names) for names in cells]
        yield f"| `{action.name}` | {' | '.join(shown)} |\n"


def common() -> str:
    """The names of the common guards and effects, in a table."""
    behaviour = common_behaviour()
    rows = [f"| guard | `{name}` | |\n" for name in sorted(behaviour.guards)]
    for name in sorted(behaviour.effects):
        needed = ", ".join(f"`{attribute}`" for attribute in behaviour.sets.get(name, ()))
        rows.append(f"| effect | `{name}` | {needed} |\n")
    return "".join(["| | name | the type must have |\n|---|---|---|\n", *rows])


def filled(text: str) -> str:
    """The page with every lifecycle as it is declared."""

    def slot(match: re.Match[str]) -> str:
        told = "".join(lifecycle(product_model().record_types[match[1]]))
        return f"<!-- lifecycle: {match[1]} -->\n\n{told}"

    return _COMMON.sub(f"<!-- common behaviour -->\n\n{common()}", _SLOT.sub(slot, text))


def test_the_guide_tells_every_lifecycle_as_it_is_declared() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert set(product_model().record_types) <= set(_SLOT.findall(text))
    assert filled(text) == text


def test_the_guide_tells_the_priorities_as_they_are() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for impact in ("high", "medium", "low"):
        row = " | ".join(priority_of(impact, urgency) for urgency in ("high", "medium", "low"))
        assert f"| {impact} | {row} |" in text


if __name__ == "__main__":
    GUIDE.write_text(filled(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
