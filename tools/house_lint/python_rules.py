"""Rules about Python code."""

import ast
from collections.abc import Iterator

from tools.house_lint.source import Finding, SourceFile, docstring_of

MODULE_LINES = 400
TEST_MODULE_LINES = 500
FUNCTION_LINES = 60
DOCUMENTED_ROOMS = ("cmdb/kernel", "cmdb/inventory", "cmdb/graph", "cmdb/api")
BROAD = ("Exception", "BaseException")


def module_size(source: SourceFile) -> Iterator[Finding]:
    """A module that grows past this holds several subjects, and its path no longer says which."""
    limit = TEST_MODULE_LINES if source.is_under("tests") else MODULE_LINES
    if len(source.lines) > limit:
        yield source.finding("module-size", 0, f"{len(source.lines)} lines; the limit is {limit}")


def function_size(source: SourceFile) -> Iterator[Finding]:
    """A function that does not fit a screen mixes levels of abstraction; its docstring is not counted."""
    for node in source.nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        lines -= sum((text.end_lineno or text.lineno) - text.lineno + 1 for text in docstring_of(node))
        if lines > FUNCTION_LINES:
            yield source.finding(
                "function-size", node.lineno, f"{node.name} has {lines} lines; the limit is {FUNCTION_LINES}"
            )


def swallowed_error(source: SourceFile) -> Iterator[Finding]:
    """An error of any kind that is dropped in silence comes back later as wrong data without a trace."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and all(map(_is_idle, node.body)):
            yield source.finding("swallowed-error", node.lineno, "name the error, or do something about it")


def missing_docstring(source: SourceFile) -> Iterator[Finding]:
    """What others build on says what it takes, gives and raises.

    In the API a `description=` counts: it is the docstring that a client sees.
    """
    if source.is_under(*DOCUMENTED_ROOMS):
        yield from _undocumented(source, source.tree.body, "")


def skip_without_reason(source: SourceFile) -> Iterator[Finding]:
    """A test that is skipped or expected to fail, and nobody knows why, is never looked at again."""
    if not source.is_under("tests"):
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and _dotted(node.func) in _REASONED:
            if not _has_reason(node):
                yield source.finding("skip-without-reason", node.lineno, "give reason='...'")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                if _dotted(decorator) in _REASONED:
                    yield source.finding("skip-without-reason", decorator.lineno, "give reason='...'")


def patch_by_string(source: SourceFile) -> Iterator[Finding]:
    """A test that replaces a thing by its dotted name tests where the code lives, not what it does.

    Hand in a fake: everything with an effect is a required argument.
    """
    if not source.is_under("tests"):
        return
    for node in source.nodes:
        match node:
            case ast.Call(func=func, args=[ast.Constant(value=str(target)), *_]) if "." in target:
                name = _dotted(func)
                if name.endswith("monkeypatch.setattr") or name in {"patch", "mock.patch", "mocker.patch"}:
                    yield source.finding("patch-by-string", node.lineno, f"hand in a fake for {target}")


_REASONED = frozenset(
    [
        "pytest.mark.skip",
        "pytest.mark.skipif",
        "pytest.mark.xfail",
        "pytest.skip",
        "pytest.xfail",
        "pytest.importorskip",
    ]
)


def _has_reason(call: ast.Call) -> bool:
    if any(keyword.arg == "reason" for keyword in call.keywords):
        return True
    return _dotted(call.func) in {"pytest.skip", "pytest.xfail", "pytest.mark.skip"} and bool(call.args)


def _is_broad(kind: ast.expr | None) -> bool:
    match kind:
        case None:
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in BROAD
        case ast.Tuple(elts=kinds):
            return any(map(_is_broad, kinds))
        case _:
            return False


def _is_idle(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Expr(value=ast.Constant()):
            return True
        case _:
            return False


def _undocumented(source: SourceFile, body: list[ast.stmt], prefix: str) -> Iterator[Finding]:
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("_") or any(map(_excuses_docstring, node.decorator_list)):
            continue
        if not list(docstring_of(node)) and not any(map(_is_described, node.decorator_list)):
            yield source.finding("missing-docstring", node.lineno, f"{prefix}{node.name} has no docstring")
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(source, node.body, f"{prefix}{node.name}.")


def _excuses_docstring(decorator: ast.expr) -> bool:
    """An override keeps the contract of what it overrides; a setter has its property's docstring."""
    return _dotted(decorator).rpartition(".")[2] in {"override", "overload", "setter"}


def _is_described(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(word.arg == "description" for word in decorator.keywords)


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case _:
            return ""
