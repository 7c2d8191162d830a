"""Cases of mistakes: files of a user's folder, and the line that reports what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Files of a user's folder, and the one line that reports what is wrong with them."""

    id: str
    files: dict[str, str]
    expected: str


def in_class(id_: str, body: str, expected: str) -> Case:
    """A class whose file goes on with this body from line 4."""
    head = "- class: Robot\n  parent: Host\n  description: Moves.\n"
    return Case(id_, {"classes/a.yaml": f"{head}{body}\n"}, f"own/classes/a.yaml:{expected}")


def in_attribute(id_: str, keys: str, expected: str) -> Case:
    """A class with one attribute on line 5."""
    return in_class(id_, f"  attributes:\n    - {{{keys}}}", expected)


def in_relationship(id_: str, body: str, expected: str) -> Case:
    """A relationship type whose file goes on with this body from line 5."""
    head = "- relationship: NEAR\n  verb: is near\n  inverse_verb: is near\n  description: Close by.\n"
    return Case(id_, {"relationships.yaml": f"{head}{body}\n"}, f"own/relationships.yaml:{expected}")


def in_lifecycle(id_: str, states: str, actions: str, expected: str) -> Case:
    """A record type with states on line 7 and actions on line 8."""
    text = (
        "record: Chore\ndescription: Work.\nprocess: incident\nnumber: {prefix: CHO, digits: 5}\n"
        f"lifecycle:\n  initial: open\n  states: [{states}]\n  actions: [{actions}]\n"
    )
    return Case(id_, {"records/chore.yaml": text}, f"own/records/chore.yaml:{expected}")
