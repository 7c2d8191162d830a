"""Record types and their lifecycles, as `records/*.yaml` declares them: one type a file."""

from __future__ import annotations

import re

from cmdb.model.declarations import (
    ActionDeclaration,
    Declarations,
    Extension,
    RecordDeclaration,
    StateDeclaration,
)
from cmdb.model.fields import Fields, Word
from cmdb.model.mistakes import MistakeCode, Mistakes
from cmdb.model.names import NameKind, is_well_formed
from cmdb.model.read_attributes import read_attributes
from cmdb.model.read_classes import read_plural
from cmdb.model.records import NumberFormat, State
from cmdb.model.yaml_tree import Table, Tree

KEYS = ("record", "plural", "description", "process", "number", "attributes", "lifecycle")
EXTENSION_KEYS = ("extend", "attributes")
NUMBER_KEYS = ("prefix", "digits")
LIFECYCLE_KEYS = ("initial", "states", "actions")
STATE_KEYS = ("name", "label", "open", "terminal")
ACTION_KEYS = ("name", "label", "from", "to", "requires", "guards", "effects")

_PREFIX = re.compile("[A-Z]{1,8}")
_MAX_DIGITS = 12


def read_record(tree: Tree | None, into: Declarations, mistakes: Mistakes) -> None:
    """Take in one file: a record type, or the extension of one."""
    if tree is None:
        return
    if not isinstance(tree, Table):
        mistakes.add(
            tree.place,
            MistakeCode.WRONG_SHAPE,
            "the file must be a table that begins with `record:` or `extend:`",
        )
        return
    if "extend" in tree.entries:
        fields = Fields(tree, "extension", EXTENSION_KEYS, mistakes)
        target = fields.name("extend", NameKind.TYPE)
        if target:
            into.record_extensions.append(Extension(target, read_attributes(fields)))
        return
    declared = _record(Fields(tree, "record", KEYS, mistakes))
    if declared:
        into.records.append(declared)


def _record(fields: Fields) -> RecordDeclaration | None:
    name = fields.name("record", NameKind.TYPE)
    plural = read_plural(fields, name)
    description = fields.text("description", required=True)
    process = fields.name("process", NameKind.ATTRIBUTE)
    number = _number(fields)
    attributes = read_attributes(fields)
    lifecycle = fields.table("lifecycle", required=True)
    if lifecycle is None:
        return None
    life = Fields(lifecycle, "lifecycle", LIFECYCLE_KEYS, fields.mistakes)
    initial = life.word("initial", required=True)
    states = _states(life)
    actions = _actions(life)
    if name is None or plural is None or process is None or number is None or initial is None:
        return None
    return RecordDeclaration(
        name=name,
        plural=plural,
        description=description,
        process=process.text,
        number=number,
        number_place=fields.place_of("number"),
        attributes=attributes,
        initial=initial,
        states=states,
        actions=actions,
    )


def _number(owner: Fields) -> NumberFormat | None:
    table = owner.table("number", required=True)
    if table is None:
        return None
    fields = Fields(table, "number", NUMBER_KEYS, owner.mistakes)
    prefix = fields.word("prefix", required=True)
    digits = fields.whole("digits", required=True)
    if prefix and not _PREFIX.fullmatch(prefix.text):
        fields.mistakes.add(
            prefix.place, MistakeCode.INVALID_VALUE, f"'prefix' is 1 to 8 capitals, not {prefix.text!r}"
        )
        return None
    if digits is not None and digits > _MAX_DIGITS:
        fields.mistakes.add(
            fields.place_of("digits"), MistakeCode.INVALID_VALUE, f"'digits' is at most {_MAX_DIGITS}"
        )
        return None
    return NumberFormat(prefix.text, digits) if prefix and digits else None


def _states(life: Fields) -> tuple[StateDeclaration, ...]:
    found: dict[str, StateDeclaration] = {}
    for table in life.tables("states"):
        fields = Fields(table, "state", STATE_KEYS, life.mistakes)
        name = fields.name("name", NameKind.ATTRIBUTE)
        label = fields.text("label", required=True)
        terminal = fields.flag("terminal")
        is_open = fields.flag("open") if fields.has("open") else not terminal
        if terminal and is_open:
            fields.mistakes.add(
                fields.place_of("open"), MistakeCode.INVALID_VALUE, "a terminal state cannot be open"
            )
        if name is None:
            continue
        declared = StateDeclaration(name, State(name.text, label, open=is_open, terminal=terminal))
        if found.setdefault(name.text, declared) is not declared:
            fields.mistakes.add(
                name.place, MistakeCode.DUPLICATE_NAME, f"state {name.text!r} is declared twice"
            )
    if not found:
        life.mistakes.add(life.place, MistakeCode.MISSING_KEY, "lifecycle lacks 'states'")
    return tuple(found.values())


def _actions(life: Fields) -> tuple[ActionDeclaration, ...]:
    found: dict[str, ActionDeclaration] = {}
    for table in life.tables("actions"):
        fields = Fields(table, "action", ACTION_KEYS, life.mistakes)
        name = fields.name("name", NameKind.ATTRIBUTE)
        label = fields.text("label", required=True)
        sources = fields.words("from")
        if not fields.has("from"):
            fields.mistakes.add(fields.place, MistakeCode.MISSING_KEY, "action lacks 'from'")
        target = fields.word("to", required=True)
        requires = fields.words("requires")
        guards = _functions(fields, "guards")
        effects = _functions(fields, "effects")
        if name is None or target is None:
            continue
        declared = ActionDeclaration(name, label, sources, target, requires, guards, effects)
        if found.setdefault(name.text, declared) is not declared:
            fields.mistakes.add(
                name.place, MistakeCode.DUPLICATE_NAME, f"action {name.text!r} is declared twice"
            )
    return tuple(found.values())


def _functions(fields: Fields, key: str) -> tuple[str, ...]:
    """Names of functions of the process; whether they exist is checked where the process is wired."""
    words = fields.words(key)
    for word in words:
        _check_function(word, fields)
    return tuple(word.text for word in words)


def _check_function(word: Word, fields: Fields) -> None:
    if not is_well_formed(NameKind.ATTRIBUTE, word.text):
        fields.mistakes.add(word.place, MistakeCode.INVALID_NAME, f"{word.text!r} is no name of a function")
