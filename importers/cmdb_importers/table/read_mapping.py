"""The column mapping read from YAML; every mistake in it is named with its line, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cmdb.inventory.importer import InvalidOptionError
from cmdb.kernel.values import Value
from cmdb_importers.table.mapping import CellSpec, EndSpec, RelationshipSpec, TableMapping
from cmdb_importers.table.yaml_tree import Items, Scalar, Table, Tree, read_yaml
from cmdb_importers.text import did_you_mean, shown

_TOP = ("class", "attributes", "relationships", "relationship", "ignore", "empty", "observed_at")
_CELL = ("column", "constant", "default", "separator", "values", "others")
_END = ("class", "attributes", "create", "separator")
_RELATIONSHIP = ("type", "source", "target", "attributes")
_NO_CELL = CellSpec()


def read_mapping(text: str, name: str = "mapping") -> TableMapping:
    """The mapping that the text describes.

    Args:
        text: YAML.
        name: What messages call it, e.g. the file it came from.

    Raises:
        InvalidOptionError: it cannot be read or makes no sense; each mistake is said as `name:line: …`.
    """
    reader = _Reader()
    mapping = reader.mapping(read_yaml(text, name))
    if reader.mistakes:
        raise InvalidOptionError(
            "\n".join(f"{name}:{line}: {what}" for line, what in sorted(reader.mistakes)),
            details={"mistakes": len(reader.mistakes)},
        )
    return mapping


class _Reader:
    def __init__(self) -> None:
        self.mistakes: list[tuple[int, str]] = []
        self._lines: dict[str, int] = {}

    def mapping(self, tree: Tree | None) -> TableMapping:
        table = self._table(tree, 1, "a mapping", _TOP)
        single = table.entries.get("relationship")
        several = table.entries.get("relationships")
        class_name = self._optional_cell(table, "class", what="constant")
        if class_name is None and single is None:
            self._wrong(
                table.line, "say `class:` for a table of CIs, or `relationship:` for one of relationships"
            )
        if class_name is not None and single is not None:
            self._wrong(
                table.lines["relationship"], "a table is of CIs (`class`) or of relationships, not of both"
            )
        if class_name is None and several is not None:
            self._wrong(table.lines["relationships"], "`relationships` start from a CI, which needs `class`")
        specs = [self._relationship(single, own_end=False)] if single is not None else []
        specs += [self._relationship(node, own_end=True) for node in self._items(several)]
        return TableMapping(
            class_name=class_name,
            attributes=self._cells(table.entries.get("attributes")),
            relationships=tuple(specs),
            ignored=frozenset(self._words(table.entries.get("ignore"))),
            empty=frozenset(self._words(table.entries.get("empty"))),
            observed_at=self._optional_cell(table, "observed_at"),
            lines=self._lines,
        )

    def _relationship(self, node: Tree, *, own_end: bool) -> RelationshipSpec:
        table = self._table(node, node.line, "a relationship", _RELATIONSHIP)
        ends = {
            name: self._end(table.entries[name]) for name in ("source", "target") if name in table.entries
        }
        if own_end and len(ends) != 1:
            self._wrong(
                table.line, "give the other end only: `target`, or `source` when the row's CI is the target"
            )
        if not own_end and len(ends) != 2:
            self._wrong(table.line, "a relationship needs `source` and `target`")
        kind = self._optional_cell(table, "type", what="constant")
        if kind is None:
            self._wrong(table.line, "a relationship needs a `type`, e.g. RUNS_ON")
        return RelationshipSpec(
            kind or _NO_CELL,
            ends.get("source"),
            ends.get("target"),
            self._cells(table.entries.get("attributes")),
        )

    def _end(self, node: Tree) -> EndSpec:
        table = self._table(node, node.line, "an end", _END)
        class_name = self._optional_cell(table, "class", what="constant")
        attributes = self._cells(table.entries.get("attributes"))
        if class_name is None or not attributes:
            self._wrong(
                table.line, "an end needs `class` and `attributes` that tell the CI, e.g. {name: column}"
            )
        separator = self._text(table, "separator")
        if separator is not None and len(attributes) != 1:
            self._wrong(table.lines["separator"], "with a separator, an end is told by one attribute only")
        create = table.entries.get("create")
        if create is not None and not (isinstance(create, Scalar) and isinstance(create.value, bool)):
            self._wrong(create.line, "`create` is true or false")
        is_made = isinstance(create, Scalar) and create.value is True
        return EndSpec(class_name or _NO_CELL, attributes, is_made, separator)

    def _cells(self, node: Tree | None) -> Mapping[str, CellSpec]:
        if node is None:
            return {}
        if not isinstance(node, Table):
            self._wrong(node.line, "write `attribute: column`, one a line")
            return {}
        return {name: self._cell(each) for name, each in node.entries.items()}

    def _optional_cell(self, table: Table, key: str, what: str = "column") -> CellSpec | None:
        node = table.entries.get(key)
        return None if node is None else self._cell(node, what)

    def _cell(self, node: Tree, word: str = "column") -> CellSpec:
        """A single word is a column, or for classes and types the word itself (`word="constant"`)."""
        if isinstance(node, Scalar):
            if node.value is None:
                self._wrong(node.line, "the value is missing")
            return self._column(node) if word == "column" else CellSpec(constant=node.text)
        if isinstance(node, Items):
            self._wrong(
                node.line, "a list is no column; write {constant: [...]} where the list itself is the value"
            )
            return _NO_CELL
        table = self._table(node, node.line, "a value", _CELL)
        column, constant = table.entries.get("column"), self._value(table, "constant")
        if (column is None) == (constant is None):
            self._wrong(table.line, "say either `column` or `constant`")
        values = self._values(table)
        if "others" in table.entries and self._text(table, "others") not in {"keep", "refuse"}:
            self._wrong(table.lines["others"], "`others` is keep or refuse")
        return CellSpec(
            column=self._column(column).column if column is not None else None,
            constant=constant,
            default=self._value(table, "default"),
            separator=self._text(table, "separator"),
            values=values,
            others_pass=self._text(table, "others") == "keep",
        )

    def _column(self, node: Tree) -> CellSpec:
        if not isinstance(node, Scalar) or not node.text.strip():
            self._wrong(node.line, "a column's name is one text")
            return _NO_CELL
        self._lines.setdefault(node.text.strip(), node.line)
        return CellSpec(column=node.text.strip())

    def _values(self, table: Table) -> Mapping[str, Value] | None:
        node = table.entries.get("values")
        if node is None:
            return None
        if not isinstance(node, Table) or not node.entries:
            self._wrong(node.line, "`values` says `text of the source: value`, one a line")
            return None
        return {text: self._one(each) for text, each in node.entries.items()}

    def _value(self, table: Table, key: str) -> Value | None:
        node = table.entries.get(key)
        if node is None:
            return None
        if isinstance(node, Items):
            return list(self._words(node))
        return self._one(node)

    def _one(self, node: Tree) -> Value:
        if isinstance(node, Scalar) and node.value is not None:
            return node.value
        self._wrong(node.line, "a single value is expected here")
        return ""

    def _text(self, table: Table, key: str) -> str | None:
        node = table.entries.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and node.text:
            return node.text
        self._wrong(table.lines[key], f"`{key}` is a text")
        return None

    def _words(self, node: Tree | None) -> list[str]:
        words = []
        for each in self._items(node):
            if isinstance(each, Scalar) and each.text:
                words.append(each.text)
            else:
                self._wrong(each.line, "a list of texts is expected here")
        return words

    def _items(self, node: Tree | None) -> Iterable[Tree]:
        if node is None:
            return ()
        if isinstance(node, Items):
            return node.nodes
        self._wrong(node.line, "a list is expected here")
        return ()

    def _table(self, node: Tree | None, line: int, what: str, known: Iterable[str]) -> Table:
        if not isinstance(node, Table):
            self._wrong(node.line if node is not None else line, f"{what} has the keys {', '.join(known)}")
            return Table({}, {}, line)
        for key in node.entries:
            if key not in known:
                self._wrong(node.lines[key], f"{shown(key)} is no key of {what}{did_you_mean(key, known)}")
        return node

    def _wrong(self, line: int, message: str) -> None:
        self.mistakes.append((line, message))
