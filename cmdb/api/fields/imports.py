"""Bringing a small file in through GraphQL."""

from __future__ import annotations

from io import BytesIO

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.api.scalars import JSON, json_object
from cmdb.inventory.plan import Plan, RunReport
from cmdb.processes.configuration.imports import ImportRequest, outcome_data


@strawberry.type(description="How many of a class or relationship type something happened to.")
class ImportCount:
    """One count; `action` is create, update, relate, retire or unchanged."""

    action: str
    name: str
    count: int


@strawberry.type(description="A part of the file that could not be used: where, what was seen, what to do.")
class ImportProblem:
    """One problem."""

    position: str
    code: str
    severity: str
    message: str
    remedy: str


@strawberry.type(description="What an import did, or with `plan` what it would do.")
class ImportOutcome:
    """The outcome."""

    found: strawberry.Private[Plan | RunReport]
    source: str
    conflict_count: int = strawberry.field(description="Observations left for a person to decide.")
    problem_count: int
    last_revision: int | None = strawberry.field(description="Null when nothing was altered.")
    repeated: bool = strawberry.field(
        description="True when this very file had been brought in and all of it still stood: it was not read."
    )

    @strawberry.field(description="What happened, by action and class or relationship type.")
    def counts(self) -> list[ImportCount]:
        return [
            ImportCount(action=action.value, name=name, count=count)
            for action, by_name in self.found.counts.by_action.items()
            for name, count in by_name.items()
        ]

    @strawberry.field(description="The first problems.")
    def problems(self) -> list[ImportProblem]:
        return [
            ImportProblem(
                position=problem.position,
                code=problem.code,
                severity=problem.severity.value,
                message=problem.message,
                remedy=problem.remedy,
            )
            for problem in self.found.problems
        ]

    @strawberry.field(description="All of it: actions of a plan with rules and reasons, conflicts, problems.")
    def details(self) -> JSON:
        return JSON(outcome_data(self.found))


@strawberry.input(description="A file and how to bring it in.")
class ImportInventoryInput:
    """One file."""

    importer: str
    content: str = strawberry.field(description="The text of the file.")
    source: str | None = strawberry.field(
        default=None, description="The name its word is kept under; the importer's if null."
    )
    scope: str | None = strawberry.field(default=None, description="The network it looked at.")
    plan: bool = strawberry.field(default=False, description="Only say what would be done.")
    reread: bool = strawberry.field(
        default=False, description="Read the file although all of it stands already."
    )
    file_name: str = "upload"
    options: JSON | None = strawberry.field(default=None, description="Options of the importer, by name.")


@strawberry.type
class ImportMutations:
    """The root field."""

    @strawberry.mutation(
        description="Bring a file in with an importer; large ones go to POST /imports/{importer}."
    )
    async def import_inventory(self, info: ApiInfo, input: ImportInventoryInput) -> ImportOutcome:
        options = {name: str(value) for name, value in json_object(input.options).items()}
        request = ImportRequest(
            input.importer, input.file_name, input.source, input.scope, input.plan, options, input.reread
        )
        outcome = await info.context.services.imports.bring_in(
            request, BytesIO(input.content.encode()), info.context.actor
        )
        return ImportOutcome(
            found=outcome,
            source=outcome.source,
            conflict_count=outcome.conflict_count,
            problem_count=outcome.problem_count,
            last_revision=outcome.last_revision if isinstance(outcome, RunReport) else None,
            repeated=isinstance(outcome, RunReport) and outcome.repeated,
        )
