"""YAML read into a tree that knows its lines, from files that may be hostile.

Events are counted as they come from the parser and never handed to a composer: libyaml's composer ends the
whole process on deep nesting, and aliases let a few lines stand for gigabytes. Plain scalars follow the
core schema of YAML 1.2, so that `no` and `on` are texts and 0644 is not octal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from cmdb.model.mistakes import MistakeCode, Mistakes, Place

MAX_BYTES = 2_000_000
MAX_DEPTH = 20

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, and the text it was written as."""

    value: str | int | float | bool | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Tree, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a table, with the place of the key."""

    key: str
    place: Place
    node: Tree


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and what stands under them, in the order of the file."""

    entries: Mapping[str, Entry]
    place: Place


Tree: TypeAlias = Scalar | Items | Table


class _RefusedError(Exception):
    """What stands there is not read; carries the mistake."""

    def __init__(self, place: Place, code: MistakeCode, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.code = code
        self.message = message


def read_tree(path: Path, mistakes: Mistakes) -> Tree | None:
    """The one document of a YAML file; None, and a mistake, when it cannot be read. Empty files give None."""
    try:
        return _Builder(str(path), mistakes).build(_text_of(path))
    except _RefusedError as refused:
        mistakes.refuse_file(refused.place, refused.code, refused.message)
    return None


def _text_of(path: Path) -> str:
    start = Place(str(path), 1)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _RefusedError(
            start, MistakeCode.UNREADABLE_FILE, f"the file cannot be read: {error.strerror or error}"
        ) from error
    if len(data) > MAX_BYTES:
        raise _RefusedError(start, MistakeCode.FILE_TOO_LARGE, f"the file is larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _RefusedError(
            Place(str(path), line), MistakeCode.INVALID_YAML, "the file is not UTF-8 text"
        ) from error


@dataclass(slots=True)
class _Open:
    """A list or table whose end has not been reached; a table's key waits for its value."""

    place: Place
    nodes: list[Tree]
    entries: dict[str, Entry] | None = None
    key: Scalar | None = None


class _Builder:
    def __init__(self, file: str, mistakes: Mistakes) -> None:
        self._file = file
        self._mistakes = mistakes
        self._open: list[_Open] = []
        self._root: Tree | None = None
        self._documents = 0

    def build(self, text: str) -> Tree | None:
        try:
            for event in _events(text):
                mark = event.start_mark
                self._take(event, Place(self._file, mark.line + 1 if mark else 1))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark is not None else 1
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
            raise _RefusedError(
                Place(self._file, line), MistakeCode.INVALID_YAML, f"this is not YAML: {problem}"
            ) from error
        return self._root

    def _take(self, event: yaml.Event, place: Place) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise _RefusedError(place, MistakeCode.TAG_REFUSED, f"tags are not used here, and {tag!r} is one")
        match event:
            case yaml.AliasEvent():
                raise _RefusedError(
                    place, MistakeCode.ALIAS_REFUSED, "aliases (`*name`) are not read; write the value out"
                )
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _RefusedError(place, MistakeCode.WRONG_SHAPE, "a file holds one YAML document only")
            case yaml.ScalarEvent():
                self._add(_scalar(event, place))
            case yaml.SequenceStartEvent():
                self._push(_Open(place, []))
            case yaml.MappingStartEvent():
                self._push(_Open(place, [], {}))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                done = self._open.pop()
                nodes = Items(tuple(done.nodes), done.place)
                self._add(nodes if done.entries is None else Table(done.entries, done.place))

    def _push(self, opened: _Open) -> None:
        if len(self._open) == MAX_DEPTH:
            raise _RefusedError(
                opened.place, MistakeCode.NESTED_TOO_DEEPLY, f"nested deeper than {MAX_DEPTH} levels"
            )
        self._open.append(opened)

    def _add(self, node: Tree) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if parent.entries is None:
            parent.nodes.append(node)
        elif parent.key is None:
            if not isinstance(node, Scalar):
                raise _RefusedError(node.place, MistakeCode.WRONG_SHAPE, "a key must be a single word")
            parent.key = node
        else:
            self._enter(parent.entries, Entry(parent.key.text, parent.key.place, node))
            parent.key = None

    def _enter(self, entries: dict[str, Entry], entry: Entry) -> None:
        earlier = entries.setdefault(entry.key, entry)
        if earlier is not entry:
            self._mistakes.add(
                entry.place,
                MistakeCode.DUPLICATE_KEY,
                f"{entry.key!r} stands here a second time, first on line {earlier.place.line}",
            )


def _events(text: str) -> Iterator[yaml.Event]:
    # A wheel without libyaml has the slow parser only; its events are the same.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _scalar(event: yaml.ScalarEvent, place: Place) -> Scalar:
    text: str = event.value
    if _UNPRINTABLE.search(text):
        raise _RefusedError(place, MistakeCode.INVALID_YAML, "the text has control characters in it")
    plain = event.style is None or event.style == ""
    return Scalar(_core_value(text) if plain else text, text, place)


def _core_value(text: str) -> str | int | float | bool | None:
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
