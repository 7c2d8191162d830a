"""Rules about any text file of the project."""

import re
from collections.abc import Iterator

from tools.house_lint.source import Finding, SourceFile

DATA_FOLDERS = ("schema", "graphql")

# Patterns are spelt so that they do not match themselves.
_MACHINE_PATH = re.compile(
    r"""(?<![\w.$~%/}\])-]) / (?: (?:work|root|tmp) | (?:home|Users)/[A-Za-z][\w.-]* ) /""", re.VERBOSE
)
_REGISTRY = re.compile(
    r"""\b(?: (?:[\w-]+\.)?pypi\.(?:org|python\.org) | (?:files\.)?pythonhosted\.org | registry\.npmjs\.(?:org|com)
    | registry\.yarnpkg\.com | proxy\.golang\.org | (?:static\.)?crates\.io | repo1?\.maven(?:\.apache)?\.org )\b""",
    re.VERBOSE,
)
_NOTE = re.compile(r"\b(?:TO(?:)DO|FIX(?:)ME|XX(?:)X|HA(?:)CK)\b")
_RESOLVED = re.compile(r'^\s*"resolved"\s*:')
_CODE_SUFFIXES = frozenset(
    [
        "",
        ".css",
        ".cypher",
        ".graphql",
        ".html",
        ".js",
        ".jsx",
        ".md",
        ".mjs",
        ".py",
        ".sh",
        ".toml",
        ".ts",
        ".tsx",
        ".yaml",
        ".yml",
    ]
)


def python_in_data_folder(source: SourceFile) -> Iterator[Finding]:
    """`schema/` and `graphql/` hold data.

    One `__init__.py` in `graphql/` hides graphql-core, and `import strawberry` fails; any other module there
    cannot be imported at all.
    """
    if source.suffix in {".py", ".pyi"} and source.is_under(*DATA_FOLDERS):
        yield source.finding("python-in-data-folder", 0, "only data belongs here")


def machine_path(source: SourceFile) -> Iterator[Finding]:
    """A path of one machine works on that machine."""
    yield from _each_match(source, "machine-path", _MACHINE_PATH, "a path of one machine")


def registry_host(source: SourceFile) -> Iterator[Finding]:
    """A package index is the reader's choice: a mirror, a proxy, a folder of wheels."""
    yield from _each_match(source, "registry-host", _REGISTRY, "a package registry's host")


def resolved_address(source: SourceFile) -> Iterator[Finding]:
    """The lock of npm would pin the registry of whoever wrote it; the integrity hashes pin what matters."""
    if source.name == "package-lock.json":
        yield from _each_match(source, "resolved-address", _RESOLVED, 'remove the "resolved" lines')


def left_over_note(source: SourceFile) -> Iterator[Finding]:
    """Work that is not done belongs where work is planned, not in the code, where it ages unseen."""
    if source.suffix in _CODE_SUFFIXES and not source.is_under("tests/fixtures"):
        yield from _each_match(
            source, "left-over-note", _NOTE, "do it, or write it down where work is planned"
        )


def _each_match(source: SourceFile, rule: str, pattern: re.Pattern[str], what: str) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, start=1):
        match = pattern.search(line)
        if match:
            yield source.finding(rule, number, f"{what}: {match.group().strip()}")
