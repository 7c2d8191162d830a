"""A small YAML text read into a tree that knows its lines.

Events are taken one by one and never handed to a composer: deep nesting ends libyaml's composer and with it the
process, and aliases let a few lines stand for gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from cmdb.inventory.importer import InvalidOptionError
from cmdb_importers.text import shown

MAX_CHARACTERS = 256 * 1024
MAX_DEPTH = 20
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}")
_FRACTION = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}")
_NOTHING = frozenset(["", "~", "null", "Null", "NULL"])
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, and the text it was written as."""

    value: str | int | float | bool | None
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and what stands under them; `lines` says where each key stands."""

    entries: Mapping[str, Tree]
    lines: Mapping[str, int]
    line: int


Tree: TypeAlias = "Scalar | Items | Table"


class _RefusedError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class _Open:
    line: int
    nodes: list[Tree]
    entries: dict[str, Tree] | None
    lines: dict[str, int]
    key: str | None = None


def read_yaml(text: str, name: str) -> Tree | None:
    """The one document in the text; None when it is empty.

    Raises:
        InvalidOptionError: it is not YAML, or uses what has no place in a mapping; says `name:line`.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidOptionError(f"{name}: a mapping of more than {MAX_CHARACTERS} characters is not read")
    try:
        text.encode()
        return _build(text)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise InvalidOptionError(f"{name}:{line}: this is not YAML: half a surrogate pair") from error
    except _RefusedError as error:
        raise InvalidOptionError(f"{name}:{error.line}: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
        line = mark.line + 1 if mark is not None else 1
        raise InvalidOptionError(f"{name}:{line}: this is not YAML: {what}") from error


def _build(text: str) -> Tree | None:
    root: Tree | None = None
    stack: list[_Open] = []
    documents = 0
    for event in _events(text):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        node = _take(event, line, stack)
        if documents > 1:
            raise _RefusedError(line, "a mapping is one YAML document")
        if node is None:
            continue
        if stack:
            _add(stack[-1], node)
        else:
            root = node
    return root


def _events(text: str) -> Iterator[yaml.Event]:
    # A wheel without libyaml has the slow parser only; its events are the same.
    yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _take(event: yaml.Event, line: int, stack: list[_Open]) -> Tree | None:
    if getattr(event, "tag", None) not in {None, "!"}:
        raise _RefusedError(line, "tags (`!…`) are not used in a mapping")
    match event:
        case yaml.AliasEvent():
            raise _RefusedError(line, "aliases (`*name`) are not read; write the value out")
        case yaml.ScalarEvent():
            return _scalar(event, line)
        case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
            if len(stack) == MAX_DEPTH:
                raise _RefusedError(line, f"nested deeper than {MAX_DEPTH} levels")
            is_table = isinstance(event, yaml.MappingStartEvent)
            stack.append(_Open(line, [], {} if is_table else None, {}))
        case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
            done = stack.pop()
            if done.entries is None:
                return Items(tuple(done.nodes), done.line)
            return Table(done.entries, done.lines, done.line)
    return None


def _add(parent: _Open, node: Tree) -> None:
    if parent.entries is None:
        parent.nodes.append(node)
    elif parent.key is None:
        if not isinstance(node, Scalar):
            raise _RefusedError(node.line, "a key must be a single word")
        if node.text in parent.entries:
            raise _RefusedError(node.line, f"{shown(node.text)} stands here a second time")
        parent.key = node.text
        parent.lines[node.text] = node.line
    else:
        parent.entries[parent.key] = node
        parent.key = None


def _scalar(event: yaml.ScalarEvent, line: int) -> Scalar:
    text: str = event.value
    return Scalar(_core_value(text) if event.style in {None, ""} else text, text, line)


def _core_value(text: str) -> str | int | float | bool | None:
    """Plain scalars by the core schema of YAML 1.2: `no` and `on` are texts."""
    if text in _NOTHING:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _NUMBER.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text
