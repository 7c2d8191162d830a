"""All rules over all files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from tools.house_lint import excuses, python_rules, statements, text_rules
from tools.house_lint.source import Finding, SourceFile

Rule: TypeAlias = Callable[[SourceFile], Iterator[Finding]]

TEXT_RULES: tuple[Rule, ...] = (
    text_rules.python_in_data_folder,
    text_rules.machine_path,
    text_rules.registry_host,
    text_rules.resolved_address,
    text_rules.left_over_note,
)
PYTHON_RULES: tuple[Rule, ...] = (
    python_rules.module_size,
    python_rules.function_size,
    python_rules.swallowed_error,
    python_rules.missing_docstring,
    python_rules.skip_without_reason,
    python_rules.patch_by_string,
    statements.statement_outside_store,
    statements.assembled_statement,
)


def check_file(source: SourceFile) -> list[Finding]:
    """What is wrong with one file, in the order of its lines."""
    return sorted(excuses.without_excused(source, _raw_findings(source)))


def read_files(root: Path, paths: Iterable[str]) -> Iterator[SourceFile]:
    """The text files among these paths under `root`; what is not UTF-8 text is left out."""
    for path in paths:
        try:
            content = (root / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            continue  # deleted but not committed, or a link to a folder
        if b"\0" not in content:
            yield SourceFile(path, content.decode("utf-8", errors="replace"))


def _raw_findings(source: SourceFile) -> Iterator[Finding]:
    for rule in TEXT_RULES:
        yield from rule(source)
    if source.suffix != ".py":
        return
    try:
        source.tree  # noqa: B018 - parsed here once, so that no rule has to expect a syntax error
    except SyntaxError as error:
        yield source.finding("syntax", error.lineno or 0, str(error.msg))
        return
    for rule in PYTHON_RULES:
        yield from rule(source)
