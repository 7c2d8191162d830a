"""Where Cypher and SQL may be written, and how."""

import ast
import re
from collections.abc import Iterator

from tools.house_lint.source import Finding, SourceFile

STORE = "cmdb/store"

_STATEMENT = re.compile(
    r"""
      \bSELECT\b [\s\S]+ \bFROM\b
    | ^\s* select \s+ (?:distinct \s+)? [\w.*()]+ (?:\s*,\s* [\w.*()]+)* \s+ from \s+ \w
    | \bINSERT \s+ (?:OR \s+ \w+ \s+)? INTO\b
    | \bUPDATE \s+ \S+ \s+ SET\b
    | \bDELETE \s+ FROM\b
    | \bCREATE \s+ (?:(?:UNIQUE|VIRTUAL|TEMP|TEMPORARY) \s+)? (?:TABLE|INDEX|TRIGGER|VIEW|CONSTRAINT)\b
    | \bDROP \s+ (?:TABLE|INDEX|TRIGGER|VIEW|CONSTRAINT)\b
    | \bALTER \s+ TABLE\b
    | \bWITH \s+ RECURSIVE\b
    | ^\s* (?:PRAGMA|pragma) \s+ \w
    | \b(?:MATCH|MERGE|CREATE) \s* \( \s* \w* \s* [:{)]
    | \bUNWIND \s+ [$\w]
    | \bDETACH \s+ DELETE\b
    | \bCALL \s* (?: \{ | (?:db|dbms|apoc|gds)\. )
    | \) \s* <?- \[ [^\]\n]* \] ->? \s* \(
    """,
    re.VERBOSE,
)


def statement_outside_store(source: SourceFile) -> Iterator[Finding]:
    """A statement outside the store ties a rule of the domain to one database.

    Then the other adapter, the contract suite and the differential tests no longer cover it. Ask the port
    for the question instead, or add it to the port and to both adapters.
    """
    if not source.is_under("cmdb", "importers") or source.is_under(STORE):
        return
    for node, text in _strings(source):
        if _STATEMENT.search(text):
            yield source.finding(
                "statement-outside-store", node.lineno, f"Cypher or SQL belongs into {STORE}: {_short(text)}"
            )


def assembled_statement(source: SourceFile) -> Iterator[Finding]:
    """A statement put together from pieces is where injection comes from.

    Values are parameters, always. Names (labels, types, columns) come from the model's allow-list and are
    quoted by the modules whose name starts with `compile`; there, and only there, a reviewer has to look.
    A module's own constants (`COLUMNS`) may be put into an f-string anywhere: they are part of the text.
    """
    if not source.is_under(STORE) or any(part.startswith("compile") for part in source.parts):
        return
    for node in source.nodes:
        text = _assembled(node)
        if text is not None and _STATEMENT.search(text):
            line = getattr(node, "lineno", 0)
            yield source.finding(
                "assembled-statement",
                line,
                f"assemble statements in a module named compile*.py, pass values as parameters: {_short(text)}",
            )


def _strings(source: SourceFile) -> Iterator[tuple[ast.expr, str]]:
    inside_f_string = {
        part for node in source.nodes if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in source.nodes:
        if isinstance(node, ast.JoinedStr):
            yield node, _literal_text(node)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in source.docstrings
            and node not in inside_f_string
        ):
            yield node, node.value


def _assembled(node: ast.AST) -> str | None:
    match node:
        case ast.JoinedStr() if any(_varies(part) for part in node.values):
            return _literal_text(node)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return text
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            return text
        case (
            ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add(), right=other)
            | ast.BinOp(left=other, op=ast.Add(), right=ast.Constant(value=str(text)))
        ) if not isinstance(other, ast.Constant):
            return text
        case _:
            return None


def _varies(part: ast.expr) -> bool:
    match part:
        case ast.FormattedValue(value=ast.Name(id=name) | ast.Attribute(attr=name)):
            return not name.isupper()
        case _:
            return isinstance(part, ast.FormattedValue)


def _literal_text(node: ast.JoinedStr) -> str:
    return "".join(
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "x"
        for part in node.values
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return repr(words if len(words) <= 50 else words[:47] + "...")
