"""Comments and table entries that excuse a finding, each with its reason."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tools.house_lint.source import Finding, SourceFile

RULE = "excuse"

# For files that cannot carry a comment: (rule, path pattern, reason).
EXCUSED_FILES: tuple[tuple[str, str, str], ...] = ()

_MARK = re.compile(r"house-lint: skip (?P<rule>[a-z]+(?:-[a-z]+)*)(?P<reason> because \S.*)?")


@dataclass(frozen=True, slots=True)
class _Excuse:
    line: int
    rule: str
    has_reason: bool


def without_excused(source: SourceFile, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that nothing excuses, and those excuses that have no reason or no purpose."""
    excuses = tuple(_excuses(source))
    used: set[_Excuse] = set()
    for finding in findings:
        matching = [e for e in excuses if e.rule == finding.rule and finding.line in (0, e.line)]
        used.update(matching)
        if not matching and not _is_excused_file(finding):
            yield finding
    for excuse in excuses:
        if excuse not in used:
            yield source.finding(RULE, excuse.line, f"there is no {excuse.rule} here to skip")
        elif not excuse.has_reason:
            yield source.finding(RULE, excuse.line, f"say why: house-lint: skip {excuse.rule} because ...")


def _excuses(source: SourceFile) -> Iterator[_Excuse]:
    if "house-lint" not in source.text or source.is_under("tools/house_lint"):
        return
    for number, line in enumerate(source.lines, start=1):
        match = _MARK.search(line)
        if match:
            yield _Excuse(number, match["rule"], match["reason"] is not None)


def _is_excused_file(finding: Finding) -> bool:
    return any(
        rule == finding.rule and fnmatchcase(finding.path, pattern) for rule, pattern, _ in EXCUSED_FILES
    )
