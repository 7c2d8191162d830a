"""What a rule looks at, and what it reports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One broken rule at one place; line 0 stands for the file as a whole."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class SourceFile:
    """A text file of the project; its syntax tree is parsed once and shared by all rules."""

    path: str
    text: str
    parts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", PurePosixPath(self.path).parts)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.parts[-1]

    @property
    def suffix(self) -> str:
        """The ending with its dot, as in `.py`; empty where there is none."""
        return PurePosixPath(self.path).suffix

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends."""
        return tuple(self.text.splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; raises SyntaxError where the file is not Python."""
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the syntax tree, walked once."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def docstrings(self) -> frozenset[ast.AST]:
        """The constants that are docstrings, so that rules about strings can leave them out."""
        return frozenset(
            statement.value
            for node in self.nodes
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            for statement in docstring_of(node)
        )

    def is_under(self, *folders: str) -> bool:
        """Whether the file lies in one of these folders, given from the root as in `cmdb/store`."""
        return any(self.path.startswith(f"{folder}/") for folder in folders)

    def finding(self, rule: str, line: int, message: str) -> Finding:
        """A finding in this file."""
        return Finding(self.path, line, rule, message)


def docstring_of(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[ast.Expr]:
    """The docstring's statement, if there is one."""
    match node.body:
        case [ast.Expr(value=ast.Constant(value=str())) as statement, *_]:
            yield statement
