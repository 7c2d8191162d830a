"""Mistakes in classes, their attributes and identification rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.model.cases import Case, in_attribute, in_class
from tests.unit.model.folders import lines_of, mistakes_of

CLASSES = [
    Case(
        "unknown key",
        {"classes/a.yaml": "- class: Robot\n  parnet: Host\n  parent: Host\n  description: Moves.\n"},
        "own/classes/a.yaml:2: UNKNOWN_KEY: class has no key 'parnet'; did you mean 'parent'?",
    ),
    Case(
        "missing key",
        {"classes/a.yaml": "# robots\n- class: Robot\n  parent: Host\n"},
        "own/classes/a.yaml:2: MISSING_KEY: class lacks 'description'",
    ),
    Case(
        "unknown parent",
        {"classes/a.yaml": "- class: Robot\n  parent: Hots\n  description: Moves.\n"},
        "own/classes/a.yaml:2: UNKNOWN_CLASS: the parent of 'Robot', 'Hots', is no class; did you mean 'Host'?",
    ),
    Case(
        "second root",
        {"classes/a.yaml": "- class: Robot\n  description: Moves.\n"},
        "own/classes/a.yaml:1: SECOND_ROOT: class 'Robot' lacks 'parent'; only ConfigurationItem has none",
    ),
    Case(
        "its own parent",
        {"classes/a.yaml": "- class: Robot\n  parent: Robot\n  description: Moves.\n"},
        "own/classes/a.yaml:2: CYCLIC_INHERITANCE: classes inherit in a circle: Robot -> Robot",
    ),
    Case(
        "circle of two",
        {
            "classes/a.yaml": "- {class: Hen, parent: Egg, description: Lays.}\n"
            "- {class: Egg, parent: Hen, description: Hatches.}\n"
        },
        "own/classes/a.yaml:1: CYCLIC_INHERITANCE: classes inherit in a circle: Hen -> Egg -> Hen",
    ),
    Case(
        "class declared twice",
        {"classes/a.yaml": "- class: Host\n  parent: ConfigurationItem\n  description: Mine.\n"},
        "own/classes/a.yaml:1: DUPLICATE_NAME: class 'Host' is declared already, at base/classes/base.yaml:9; "
        "write `extend: Host` to add attributes to it",
    ),
    Case(
        "extends nothing",
        {"classes/a.yaml": "- extend: Hosts\n  attributes: []\n"},
        "own/classes/a.yaml:1: UNKNOWN_CLASS: there is no class 'Hosts' to extend; did you mean 'Host'?",
    ),
    Case(
        "malformed class name",
        {"classes/a.yaml": "- {class: mail server, parent: Host, description: Sends.}\n"},
        "own/classes/a.yaml:1: INVALID_NAME: 'mail server' is no name here: a capital, then letters and digits, "
        "e.g. `MailServer` ([A-Z][A-Za-z0-9]{0,63})",
    ),
    Case(
        "reserved class name",
        {"classes/a.yaml": "- {class: Query, parent: Host, description: Asks.}\n"},
        "own/classes/a.yaml:1: RESERVED_NAME: 'Query' is used by the product itself; choose another",
    ),
    Case(
        "class that ends like a type of the API",
        {"classes/a.yaml": "- {class: WaterFilter, parent: Host, description: Cleans.}\n"},
        "own/classes/a.yaml:1: RESERVED_NAME: 'WaterFilter' is used by the product itself; choose another",
    ),
    Case(
        "class named like a record type",
        {"classes/a.yaml": "- {class: Ticket, parent: Host, plural: Passes, description: A pass.}\n"},
        "base/records/ticket.yaml:1: NAME_CLASH: 'Ticket' names a record type, and 'Ticket' is the name of a class",
    ),
    Case(
        "plural that is a class",
        {"classes/a.yaml": "- {class: Shelf, parent: Host, plural: Server, description: Holds.}\n"},
        "own/classes/a.yaml:1: NAME_CLASH: the plural 'Server' of the class 'Shelf' is taken: "
        "'Server' is a class; give another 'plural'",
    ),
    Case(
        "plural that is another's",
        {"classes/a.yaml": "- {class: Shelf, parent: Host, plural: Sites, description: Holds.}\n"},
        "own/classes/a.yaml:1: NAME_CLASH: the plural 'Sites' of the class 'Shelf' is taken: "
        "'Sites' is a plural of Site; give another 'plural'",
    ),
    in_class(
        "retention of nothing",
        "  retention_days: 0",
        "4: WRONG_SHAPE: 'retention_days' must be a whole number of at least 1, not '0'",
    ),
    in_class("flag", "  abstract: maybe", "4: WRONG_SHAPE: 'abstract' must be true or false, not 'maybe'"),
    in_class("not a list", "  attributes: colour", "4: WRONG_SHAPE: 'attributes' must be a list"),
    in_class(
        "not a table",
        "  attributes: [colour]",
        "4: WRONG_SHAPE: each of 'attributes' must be a table of keys and values",
    ),
    Case(
        "file is no list",
        {"classes/a.yaml": "class: Robot\n"},
        "own/classes/a.yaml:1: WRONG_SHAPE: the file must be a list, each entry beginning with `- `",
    ),
    Case(
        "entry is no table",
        {"classes/a.yaml": "- Robot\n"},
        "own/classes/a.yaml:1: WRONG_SHAPE: each entry must be a table of keys and values",
    ),
]


@pytest.mark.parametrize("case", CLASSES, ids=lambda case: case.id)
def test_a_mistake_of_a_class_is_reported_at_its_line(case: Case, tmp_path: Path) -> None:
    """One mistake gives one line that says where it is, what was seen, and what was perhaps meant."""
    assert [case.expected] == lines_of(tmp_path, mistakes_of(tmp_path, case.files))


ATTRIBUTES = [
    in_attribute(
        "unknown type",
        "name: arms, type: int, description: How many.",
        "5: INVALID_VALUE: 'int' is none of string, integer, float, boolean, date, datetime, string_list; "
        "did you mean 'integer'?",
    ),
    in_attribute(
        "unknown format",
        "name: arms, type: string, format: ipv4, description: Where.",
        "5: INVALID_VALUE: 'ipv4' is none of plain, serial, mac, fqdn, uuid, ip, cidr, cpe, email, url; "
        "did you mean 'ip'?",
    ),
    in_attribute(
        "format of a number",
        "name: arms, type: integer, format: mac, description: How many.",
        "5: INVALID_VALUE: 'format' is for string and string_list only, not for integer",
    ),
    in_attribute(
        "unit of a text",
        "name: arms, type: string, unit: m, description: Which.",
        "5: INVALID_VALUE: 'unit' is for numbers only, not for string",
    ),
    in_attribute(
        "default that is not allowed",
        "name: mood, type: string, allowed: [good, bad], default: goood, description: How it feels.",
        "5: INVALID_DEFAULT: the default 'goood' must be one of good, bad; did you mean 'good'?",
    ),
    in_attribute(
        "default of another type",
        "name: arms, type: integer, default: two, description: How many.",
        "5: INVALID_DEFAULT: the default 'two' must be a value of type integer",
    ),
    in_attribute(
        "default of a date",
        "name: built, type: date, default: 2020-01-01, description: When.",
        "5: INVALID_DEFAULT: the default '2020-01-01' must be absent: type date has no defaults",
    ),
    in_attribute(
        "allowed value twice",
        "name: mood, type: string, allowed: [good, good], description: How it feels.",
        "5: DUPLICATE_NAME: 'good' stands twice in 'allowed'",
    ),
    in_attribute(
        "no description", "name: arms, type: integer", "5: MISSING_KEY: attribute lacks 'description'"
    ),
    in_attribute("no type", "name: arms, description: How many.", "5: MISSING_KEY: attribute lacks 'type'"),
    in_attribute(
        "malformed name",
        "name: Arm-Count, type: integer, description: How many.",
        "5: INVALID_NAME: 'Arm-Count' is no name here: small letters, digits and `_`, e.g. `serial_number` "
        "([a-z][a-z0-9_]{0,63})",
    ),
    in_attribute(
        "reserved name",
        "name: version, type: integer, description: Which.",
        "5: RESERVED_NAME: 'version' is used by the product itself; choose another",
    ),
    in_attribute(
        "inherited already",
        "name: serial_number, type: string, description: Mine.",
        "5: DUPLICATE_NAME: attribute 'serial_number' is there already: inherited by Robot",
    ),
    in_attribute(
        "inherited already in the API's spelling",
        "name: serial__number, type: string, description: Mine.",
        "5: DUPLICATE_NAME: attribute 'serial__number' is there already: inherited by Robot",
    ),
    in_class(
        "declared twice",
        "  attributes:\n"
        "    - {name: arms, type: integer, description: How many.}\n"
        "    - {name: arms, type: integer, description: Again.}",
        "6: DUPLICATE_NAME: attribute 'arms' is declared twice, first on line 5",
    ),
    Case(
        "another type elsewhere",
        {
            "records/chore.yaml": "extend: Ticket\n"
            "attributes:\n  - {name: serial_number, type: integer, description: Of the thing.}\n"
        },
        "own/records/chore.yaml:3: CONFLICTING_TYPE: attribute 'serial_number' is integer in Ticket and string in "
        "Host; a name has one type in all classes and record types",
    ),
]


@pytest.mark.parametrize("case", ATTRIBUTES, ids=lambda case: case.id)
def test_a_mistake_of_an_attribute_is_reported_at_its_line(case: Case, tmp_path: Path) -> None:
    """One mistake gives one line that says where it is, what was seen, and what was perhaps meant."""
    assert [case.expected] == lines_of(tmp_path, mistakes_of(tmp_path, case.files))


RULES = [
    in_class(
        "unknown attribute",
        "  identification:\n    - name: number\n      attributes: [serial_numbr]",
        "6: UNKNOWN_ATTRIBUTE: rule 'number' of Robot names the attribute 'serial_numbr', which Robot has not; "
        "did you mean 'serial_number'?",
    ),
    in_class(
        "no attributes",
        "  identification:\n    - name: number",
        "5: MISSING_KEY: an identification rule names at least one of 'attributes'",
    ),
    in_class(
        "attribute that identifies nothing",
        "  attributes:\n    - {name: fast, type: boolean, description: Or slow.}\n"
        "  identification:\n    - {name: speed, attributes: [fast]}",
        "7: INVALID_VALUE: 'fast' is of type boolean, by which nothing is identified",
    ),
    in_class(
        "unknown match",
        "  identification:\n    - {name: number, attributes: [name], match: week}",
        "5: INVALID_VALUE: 'week' is none of strong, weak; did you mean 'weak'?",
    ),
    in_class(
        "within nothing",
        "  identification:\n    - {name: number, attributes: [name], within: LOCATED_AT}",
        "5: UNKNOWN_RELATIONSHIP: rule 'number' is within 'LOCATED_AT', which is no relationship type; "
        "did you mean 'LOCATED_IN'?",
    ),
    Case(
        "within what never starts there",
        {
            "classes/a.yaml": "- class: Shop\n  parent: ConfigurationItem\n  description: Sells.\n"
            "  identification:\n    - {name: place, attributes: [name], within: LOCATED_IN}\n"
        },
        "own/classes/a.yaml:5: INVALID_VALUE: rule 'place' is within LOCATED_IN, which never starts at a Shop",
    ),
    in_class(
        "rule twice",
        "  identification:\n    - {name: number, attributes: [name]}\n    - {name: number, attributes: [name]}",
        "6: DUPLICATE_NAME: rule 'number' stands here twice",
    ),
]


@pytest.mark.parametrize("case", RULES, ids=lambda case: case.id)
def test_a_mistake_of_an_identification_rule_is_reported_at_its_line(case: Case, tmp_path: Path) -> None:
    """One mistake gives one line that says where it is, what was seen, and what was perhaps meant."""
    assert [case.expected] == lines_of(tmp_path, mistakes_of(tmp_path, case.files))
