"""Why a record was not written. `details["mistakes"]` lists every mistake found, not the first only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmdb.kernel.errors import CmdbError, ErrorKind


class UnknownRecordTypeError(CmdbError):
    """No record type has this name."""

    code = "RECORD_TYPE_UNKNOWN"
    kind = ErrorKind.INVALID
    summary = "There is no record type of this name."
    default_remedy = "`cmdb classes` lists the record types."


class RecordNotFoundError(CmdbError):
    """No record has this id or number, or what has it is no record."""

    code = "RECORD_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "There is no record with this id or number."
    default_remedy = "Look it up with `cmdb search`."


class InvalidRecordError(CmdbError):
    """Attributes, links or the action do not fit the record type."""

    code = "RECORD_INVALID"
    kind = ErrorKind.INVALID
    summary = "What was to be written does not fit the record type."
    default_remedy = "Correct what is named; nothing was written."


class ActionNotAllowedError(CmdbError):
    """The action does not start from the state the record is in; the message names those it may start from."""

    code = "ACTION_NOT_ALLOWED"
    kind = ErrorKind.REFUSED
    summary = "The record's lifecycle does not allow this action in its present state."
    default_remedy = "Ask for the record's available actions; nothing was written."


class ActionRefusedError(CmdbError):
    """The lifecycle knows the step, but a condition for it is not met."""

    code = "ACTION_REFUSED"
    kind = ErrorKind.REFUSED
    summary = "A condition that the process sets is not met."
    default_remedy = "Give what is named, in the same step or before it; nothing was written."


class RecordClosedError(CmdbError):
    """The record is in a terminal state."""

    code = "RECORD_CLOSED"
    kind = ErrorKind.REFUSED
    summary = "The record is in a terminal state and is not changed any more."
    default_remedy = "Open another record and link it to this one."


class BehaviourError(CmdbError):
    """The lifecycles of the schema and the implementations of the processes do not fit together."""

    code = "LIFECYCLE_NOT_IMPLEMENTED"
    kind = ErrorKind.INVALID
    summary = "A lifecycle names a guard or effect that no process implements, or cannot be followed."
    default_remedy = "Correct the name in the record type's YAML, or add the function to the process."


def listed(what: str, mistakes: Sequence[str]) -> str:
    """One message for all mistakes: on one line when there is one, otherwise a line each."""
    if len(mistakes) == 1:
        return f"{what}: {mistakes[0]}"
    return "\n  - ".join([f"{what}, {len(mistakes)} mistakes:", *mistakes])


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that stands in the way of one operation; the gravest kind decides which error it is.

    `closed`: the record is in a terminal state. `misplaced`: the action does not start here, with the state
    and where it may start. `mistakes`: something does not fit the model. `objections`: of requirements and guards.
    """

    subject: str
    closed: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    is_step: bool = False

    def raise_any(self) -> None:
        """Raise the fitting error with all of it; do nothing when there is nothing."""
        everything = [*self.closed, *self.misplaced, *self.mistakes, *self.objections]
        if not everything:
            return
        kind: type[CmdbError] = ActionRefusedError if self.is_step else InvalidRecordError
        if self.closed:
            kind = RecordClosedError
        elif self.misplaced:
            kind = ActionNotAllowedError
        elif self.mistakes:
            kind = InvalidRecordError
        raise kind(listed(self.subject, everything), details={"mistakes": everything})
