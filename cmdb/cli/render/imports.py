"""A plan and a report of an import as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cmdb.cli.terminal import clean, heading, plural, table, text

SHOWN = 20
SAMPLES = 3
_COLUMNS = ("create", "update", "relate", "retire", "unchanged")
_DONE = {
    "create": "created",
    "update": "updated",
    "retire": "retired",
    "unchanged": "unchanged",
    "relate": "related",
}
_PLANNED = {
    "create": "create",
    "update": "update",
    "retire": "retire",
    "unchanged": "unchanged",
    "relate": "relate",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=AliasGenerator())


class Problem(_Part):
    """A part of the file that could not be used, or is odd."""

    position: str
    code: str
    severity: str
    message: str
    remedy: str


class Candidate(_Part):
    """A CI that an observation in doubt may be."""

    id: str | None = None
    class_name: Annotated[str, Field(alias="class")]
    name: str
    rule: str | None = None


class Conflict(_Part):
    """An observation in doubt."""

    position: str
    class_name: Annotated[str, Field(alias="class")]
    name: str
    reason: str
    candidates: tuple[Candidate, ...]


class End(_Part):
    """An end of a relationship."""

    name: str


class Change(_Part):
    """One attribute before and after."""

    attribute: str
    old: object = None
    new: object = None


class Action(_Part):
    """What happens to a CI, or a relationship that is made (then `type` is set)."""

    action: str
    class_name: Annotated[str, Field(alias="class")] = ""
    old_class: str | None = None
    name: str = ""
    reason: str = ""
    weak: bool = False
    changes: tuple[Change, ...] = ()
    type: str = ""
    source: End | None = None
    target: End | None = None


class ImportAnswer(_Part):
    """A plan, or with `run_id` a report of what was done. Counts are by action, then class or relationship type."""

    source: str
    counts: Mapping[str, Mapping[str, int]]
    conflicts: tuple[Conflict, ...]
    conflict_count: int
    problems: tuple[Problem, ...]
    problem_count: int
    actions: tuple[Action, ...] = ()
    run_id: str | None = None
    first_revision: int | None = None
    last_revision: int | None = None
    seconds: float | None = None
    repeated: bool = False

    @property
    def incomplete(self) -> bool:
        """True when something of the file was not taken in."""
        return self.conflict_count > 0 or any(problem.severity == "error" for problem in self.problems)

    def total(self, kind: str) -> int:
        """All of one kind of action."""
        return sum(self.counts.get(kind, {}).values())


def import_parts(file: str, answer: ImportAnswer) -> Iterable[RenderableType]:
    """The whole answer for one file."""
    yield headline(file, answer)
    items = counts_table(answer)
    if items.row_count:
        yield items
    for kind in ("create", "update", "retire", "relate"):
        yield from samples(answer, kind)
    yield from conflict_parts(answer)


def headline(file: str, answer: ImportAnswer) -> Text:
    """What happened, or would, in a line."""
    words = _DONE if answer.run_id else _PLANNED
    found = [f"{words[kind]} {answer.total(kind):,}" for kind in ("create", "update", "relate", "retire")]
    shown = [part for part in found if not part.endswith(" 0")]
    line = Text.assemble(
        (clean(file), "bold"), " " if answer.run_id else " would ", ", ".join(shown) or "change nothing"
    )
    if answer.run_id and not shown:
        line = Text.assemble((clean(file), "bold"), " changed nothing")
    if answer.total("unchanged"):
        line += Text(f", {answer.total('unchanged'):,} unchanged")
    if answer.repeated:
        line += Text(": the very file was brought in before, and all of it still stands")
    if answer.conflict_count:
        line += Text(f", {plural(answer.conflict_count, 'conflict')}", "yellow")
    if answer.problem_count:
        line += Text(f", {plural(answer.problem_count, 'problem')}", "yellow")
    if answer.seconds is not None:
        line += Text(f" ({answer.seconds:.1f} s)", "dim")
    return line


def counts_table(answer: ImportAnswer) -> Table:
    """By class and relationship type, how many of each action; columns without any are left out."""
    words = _DONE if answer.run_id else _PLANNED
    in_doubt = Counter(conflict.class_name for conflict in answer.conflicts)
    columns = {words[kind]: answer.counts[kind] for kind in _COLUMNS if answer.total(kind)}
    if in_doubt:
        columns["conflicts"] = in_doubt
    made = table("", *columns, numbers=columns)
    names = {name for counted in columns.values() for name in counted}
    for name in sorted(names, key=lambda name: (name.isupper(), name)):
        cells = [counted.get(name, 0) for counted in columns.values()]
        made.add_row(text(name), *(f"{count:,}" if count else "·" for count in cells))
    return made


def samples(answer: ImportAnswer, kind: str) -> Iterable[RenderableType]:
    """The first few actions of a kind; a report has none."""
    found = [action for action in answer.actions if action.action == kind]
    if not found:
        return
    yield heading(f"{kind.capitalize()}, for example")
    for action in _varied(found)[:SAMPLES]:
        yield _action_line(action)


def _varied(actions: Iterable[Action]) -> list[Action]:
    """One of each class first, so that a few samples show most."""
    seen: dict[str, int] = {}
    ranked: list[tuple[int, Action]] = []
    for action in actions:
        name = action.class_name or action.type
        seen[name] = seen.get(name, 0) + 1
        ranked.append((seen[name], action))
    return [action for _, action in sorted(ranked, key=lambda pair: pair[0])]


def _action_line(action: Action) -> Text:
    if action.source and action.target:
        return Text.assemble(
            "  ", text(action.source.name), (f" {clean(action.type)} ", "dim"), text(action.target.name)
        )
    line = Text.assemble("  ", (f"{clean(action.class_name)} ", "dim"), text(action.name))
    if action.old_class:
        line += Text(f" (was {clean(action.old_class)})", "dim")
    if action.action == "create":
        return line
    line += Text.assemble((f"  {clean(action.reason)}", "dim"))
    for change in action.changes[:SAMPLES]:
        before = "" if change.old is None else f"{clean(change.old)} → "
        line += Text(f"\n    {clean(change.attribute)}: {before}{clean(change.new)}")
    left = len(action.changes) - SAMPLES
    if left > 0:
        line += Text(f"\n    … and {plural(left, 'more attribute')}", "dim")
    return line


def conflict_parts(answer: ImportAnswer) -> Iterable[RenderableType]:
    """What a person has to decide."""
    if not answer.conflict_count:
        return
    yield heading("For a person to decide; nothing of these was written")
    for conflict in answer.conflicts[:SHOWN]:
        yield text(f"  {conflict.position}: {conflict.class_name} {conflict.name}: {conflict.reason}")
        for candidate in conflict.candidates:
            yield text(
                f"    may be {candidate.class_name} {candidate.name} ({candidate.id or 'made by this run'})",
                "dim",
            )
    if answer.conflict_count > SHOWN:
        yield text(f"  … and {answer.conflict_count - min(SHOWN, len(answer.conflicts)):,} more", "dim")


def problem_parts(answer: ImportAnswer) -> Iterable[RenderableType]:
    """What could not be used: where, what, and what to do."""
    for problem in answer.problems[:SHOWN]:
        style = "bold red" if problem.severity == "error" else "bold yellow"
        yield Text.assemble(
            (problem.severity, style),
            f" {clean(problem.code)}: {clean(problem.position)}: ",
            text(problem.message),
        )
        yield text(f"→ {problem.remedy}", "dim")
    if answer.problem_count > SHOWN:
        yield text(
            f"… and {answer.problem_count - min(SHOWN, len(answer.problems)):,} more (--json lists them)",
            "dim",
        )
