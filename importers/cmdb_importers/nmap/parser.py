"""nmap's XML, one host element at a time, from bytes that may be hostile.

Entities are refused where they are declared, so none is ever expanded and nothing outside is read; depth, size of
one tag and elements of one host are bounded. A tree is built only of what is read later: script output is most of a large scan
and is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from cmdb.inventory.importer import UnreadableSourceError
from cmdb_importers.text import FIELD_BYTES, shown
from cmdb_importers.unpacking import SourceCutShortError

MAX_DEPTH = 64
MAX_TAG_BYTES = 4 * 1024**2
MAX_HOST_ELEMENTS = 500_000

_PASSED_OVER = frozenset(
    [
        "extrareasons",
        "hostscript",
        "ipidsequence",
        "osfingerprint",
        "portused",
        "smurf",
        "tcpsequence",
        "tcptssequence",
        "times",
    ]
)
_WITH_TEXT = frozenset(["cpe", "elem"])
_USED_SCRIPT = "ssh-hostkey"
_HOST_DEPTH = 2


@dataclass(slots=True, eq=False)
class Element:
    """An XML element; `line` is where it begins. A host that was too large is `overfull` and incomplete."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    children: list[Element]
    text: str = ""
    overfull: bool = False

    def get(self, name: str) -> str:
        """The attribute's value, or an empty text."""
        return self.attributes.get(name, "")

    def all(self, tag: str) -> list[Element]:
        """The children of this name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Element | None:
        """The first child of this name."""
        for child in self.children:
            if child.tag == tag:
                return child
        return None


class NmapParser:
    """Feed it bytes; take complete hosts.

    Raises (from `feed_chunk` and `finish`):
        UnreadableSourceError: it declares entities, is in an unknown encoding, or is not nmap's.
        SourceCutShortError: beyond a limit that no real scan comes near.
        xml.parsers.expat.ExpatError: not well-formed, or (from `finish`) cut off.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.EntityDeclHandler = _refuse_entities
        self._parser.UnparsedEntityDeclHandler = _refuse_entities
        self._parser.ExternalEntityRefHandler = _refuse_entities
        # A DOCTYPE may name nmap.dtd; it is never fetched, and naming it is no offence.
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._read_outside()
        self.run: Mapping[str, str] | None = None
        self.finished: Mapping[str, str] | None = None
        self.last_host: Element | None = None
        self.hosts_read = 0
        self.is_at_end = False
        self._hosts: list[Element] = []
        self._stack: list[Element] = []
        self._depth = 0
        self._elements = 0
        self._fed = 0

    def take_hosts(self) -> list[Element]:
        """The hosts completed since the last call."""
        hosts, self._hosts = self._hosts, []
        return hosts

    @property
    def line(self) -> int:
        """The line the parser stands at, from 1."""
        return self._parser.CurrentLineNumber

    @property
    def byte(self) -> int:
        """The byte the parser stands at, from 0."""
        return self._parser.CurrentByteIndex

    def feed_chunk(self, data: bytes) -> None:
        """Feed a piece of the document, and refuse a tag that does not end."""
        self._parse(data, at_end=False)
        self._fed += len(data)
        if self._fed - self.byte > MAX_TAG_BYTES:
            raise SourceCutShortError(f"one tag is longer than {MAX_TAG_BYTES} bytes")

    def finish(self) -> None:
        """Say that the document ends here."""
        self.is_at_end = True
        self._parse(b"", at_end=True)

    def _start_outside(self, name: str, attrs: Mapping[str, str]) -> None:
        self._depth = depth = self._depth + 1
        if depth > MAX_DEPTH:
            raise _too_deep()
        if depth == 1:
            if name != "nmaprun":
                raise UnreadableSourceError(
                    f"the outermost element is {shown(name)}, not nmaprun",
                    remedy="Give the file that `nmap -oX FILE` wrote.",
                )
            self.run = attrs
        elif depth == 2 and name == "host":
            self._elements = 0
            self._stack.append(Element(name, attrs, self._parser.CurrentLineNumber, []))
            self._read_inside()
        elif depth == 3 and name == "finished":
            self.finished = attrs

    def _end_outside(self, name: str) -> None:  # noqa: ARG002 - the parser's signature
        self._depth -= 1

    def _start_inside(self, name: str, attrs: Mapping[str, str]) -> None:
        stack = self._stack
        if len(stack) > MAX_DEPTH - _HOST_DEPTH:
            raise _too_deep()
        if name in _PASSED_OVER or (name == "script" and attrs.get("id") != _USED_SCRIPT):
            self._pass_over()
            return
        self._elements += 1
        if self._elements > MAX_HOST_ELEMENTS:
            stack[0].overfull = True
            self._pass_over()
            return
        element = Element(name, attrs, self._parser.CurrentLineNumber, [])
        stack[-1].children.append(element)
        stack.append(element)

    def _end_inside(self, name: str) -> None:  # noqa: ARG002 - the parser's signature
        element = self._stack.pop()
        if not self._stack:
            self.last_host = element
            self.hosts_read += 1
            self._hosts.append(element)
            self._depth = _HOST_DEPTH - 1
            self._read_outside()

    def _text_inside(self, data: str) -> None:
        element = self._stack[-1]
        if element.tag in _WITH_TEXT and len(element.text) <= FIELD_BYTES:
            element.text += data

    def _start_passed(self, name: str, attrs: Mapping[str, str]) -> None:  # noqa: ARG002 - the parser's signature
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep()

    def _end_passed(self, name: str) -> None:  # noqa: ARG002 - the parser's signature
        self._depth -= 1
        if self._depth < len(self._stack) + _HOST_DEPTH:
            self._read_inside()

    def _read_outside(self) -> None:
        self._handle(self._start_outside, self._end_outside, None)

    def _read_inside(self) -> None:
        self._handle(self._start_inside, self._end_inside, self._text_inside)

    def _pass_over(self) -> None:
        """Until the element that just began has ended, only its depth counts."""
        self._depth = len(self._stack) + _HOST_DEPTH
        self._handle(self._start_passed, self._end_passed, None)

    def _handle(
        self,
        start: Callable[[str, Mapping[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None] | None,
    ) -> None:
        """Who is called from here on; that each state has its own spares every element the question which it is."""
        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        self._parser.CharacterDataHandler = text

    def _parse(self, data: bytes, *, at_end: bool) -> None:
        try:
            self._parser.Parse(data, at_end)
        except (LookupError, ValueError) as error:
            # expat asks Python for the codec that the XML declaration names.
            raise UnreadableSourceError(
                f"the file is not XML of nmap: its encoding cannot be read ({error})",
                remedy="Convert it to UTF-8.",
            ) from error


def _too_deep() -> SourceCutShortError:
    return SourceCutShortError(f"elements are nested deeper than {MAX_DEPTH}")


def _refuse_entities(*declaration: object) -> NoReturn:  # noqa: ARG001 - whatever it declares
    raise UnreadableSourceError(
        "the file declares XML entities or refers to external ones; no scan does",
        remedy="Do not trust the file: find out who made it.",
    )
