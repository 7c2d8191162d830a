"""Mistakes in relationship types, links, record types and policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.model.cases import Case, in_lifecycle, in_relationship
from tests.unit.model.folders import BASE, lines_of, mistakes_of

OPEN_DONE = "{name: open, label: Open}, {name: done, label: Done, terminal: true}"
FINISH = "{name: finish, label: Finish, from: [open], to: done}"

RELATIONSHIPS = [
    in_relationship(
        "unknown end",
        "  impact: none\n  ends:\n    - [Sites, Site]",
        "7: UNKNOWN_CLASS: NEAR cannot have 'Sites' at this end: there is no such name; did you mean 'Site'?",
    ),
    in_relationship(
        "one end",
        "  impact: none\n  ends: [[Site]]",
        "6: WRONG_SHAPE: each of 'ends' must be a pair `[source, target]`",
    ),
    in_relationship(
        "ends that are no names",
        "  impact: none\n  ends: [[Site, {a: b}]]",
        "6: WRONG_SHAPE: an end must be a name, or a list of names",
    ),
    in_relationship(
        "ends twice",
        "  impact: none\n  ends:\n    - [Site, Site]\n    - [Site, [Host, Site]]",
        "8: DUPLICATE_NAME: the ends [Site, Site] stand here twice",
    ),
    in_relationship(
        "no impact",
        "  ends: [[Site, Site]]",
        "1: MISSING_KEY: relationship lacks 'impact': which end suffers when the other fails; "
        "write `impact: none` for neither",
    ),
    in_relationship(
        "impact of a word",
        "  impact: source\n  ends: [[Site, Site]]",
        "5: WRONG_SHAPE: 'impact' must be `none` or a table with 'suffers' and 'strength'",
    ),
    in_relationship(
        "unknown strength",
        "  impact: {suffers: source, strength: heavy}\n  ends: [[Site, Site]]",
        "5: INVALID_VALUE: 'heavy' is none of hard, soft, none",
    ),
    in_relationship(
        "unknown sufferer",
        "  impact: {suffers: sauce, strength: hard}\n  ends: [[Site, Site]]",
        "5: INVALID_VALUE: 'sauce' is none of source, target; did you mean 'source'?",
    ),
    in_relationship(
        "needed that is no number",
        "  impact: {suffers: source, strength: hard, needed: 150%}\n  ends: [[Site, Site]]",
        "5: INVALID_VALUE: 'needed' must be a number (`1`) or a share (`50%`), not '150%'",
    ),
    in_relationship(
        "unknown cardinality",
        "  impact: none\n  cardinality: one_to_few\n  ends: [[Site, Site]]",
        "6: INVALID_VALUE: 'one_to_few' is none of many_to_many, many_to_one, one_to_many, one_to_one; "
        "did you mean 'one_to_one'?",
    ),
    in_relationship(
        "attribute it has anyway",
        "  impact: {suffers: source, strength: hard}\n  ends: [[Site, Site]]\n"
        "  attributes: [{name: strength, type: string, description: Mine.}]",
        "7: DUPLICATE_NAME: attribute 'strength' is there already: every relationship with an impact has it",
    ),
    Case(
        "malformed name",
        {"relationships.yaml": "- extend: located_in\n"},
        "own/relationships.yaml:1: INVALID_NAME: 'located_in' is no name here: capitals, digits and `_`, "
        "e.g. `RUNS_ON` ([A-Z][A-Z0-9_]{0,63})",
    ),
    Case(
        "extends nothing",
        {"relationships.yaml": "- {extend: LOCATED_AT, ends: [[Host, Site]]}\n"},
        "own/relationships.yaml:1: UNKNOWN_RELATIONSHIP: there is no relationship 'LOCATED_AT' to extend; "
        "did you mean 'LOCATED_IN'?",
    ),
    Case(
        "link named like a relationship type",
        {
            "links.yaml": "- link: LOCATED_IN\n  verb: is in\n  inverse_verb: holds\n  description: Where.\n"
            "  ends: [[Ticket, Site]]\n"
        },
        "own/links.yaml:1: NAME_CLASH: link 'LOCATED_IN' has the name of a relationship type; "
        "one name means one thing in the graph",
    ),
    Case(
        "link that starts at a class",
        {"links.yaml": "- {extend: AFFECTS, ends: [[Host, Ticket]]}\n"},
        "own/links.yaml:1: UNKNOWN_CLASS: AFFECTS cannot have 'Host' at this end: there is no such name",
    ),
]


@pytest.mark.parametrize("case", RELATIONSHIPS, ids=lambda case: case.id)
def test_a_mistake_of_a_relationship_type_or_link_is_reported_at_its_line(case: Case, tmp_path: Path) -> None:
    """One mistake gives one line that says where it is, what was seen, and what was perhaps meant."""
    assert [case.expected] == lines_of(tmp_path, mistakes_of(tmp_path, case.files))


RECORDS = [
    in_lifecycle(
        "unknown initial state",
        "{name: opened, label: Opened}, {name: done, label: Done, terminal: true}",
        "{name: finish, label: Finish, from: [opened], to: done}",
        "6: UNKNOWN_STATE: 'open' is no state; did you mean 'opened'?",
    ),
    in_lifecycle(
        "unknown target",
        OPEN_DONE,
        f"{FINISH}, {{name: stop, label: Stop, from: [open], to: don}}",
        "8: UNKNOWN_STATE: 'don' is no state; did you mean 'done'?",
    ),
    in_lifecycle(
        "unreachable state",
        f"{OPEN_DONE}, {{name: lost, label: Lost, terminal: true}}",
        FINISH,
        "7: UNREACHABLE_STATE: no action leads to the state 'lost'",
    ),
    in_lifecycle(
        "dead end",
        f"{OPEN_DONE}, {{name: stuck, label: Stuck}}",
        f"{FINISH}, {{name: jam, label: Jam, from: [open], to: stuck}}",
        "7: DEAD_END: no action leaves the state 'stuck'; make it terminal, or give it a way out",
    ),
    in_lifecycle(
        "terminal state that is left",
        OPEN_DONE,
        f"{FINISH}, {{name: again, label: Again, from: [done], to: open}}",
        "7: INVALID_VALUE: the state 'done' is terminal, yet an action leaves it",
    ),
    in_lifecycle(
        "terminal and open",
        "{name: open, label: Open}, {name: done, label: Done, open: true, terminal: true}",
        FINISH,
        "7: INVALID_VALUE: a terminal state cannot be open",
    ),
    in_lifecycle(
        "requires what it has not",
        OPEN_DONE,
        "{name: finish, label: Finish, from: [open], to: done, requires: [titel]}",
        "8: UNKNOWN_ATTRIBUTE: action 'finish' requires 'titel', which Chore has not; did you mean 'title'?",
    ),
    in_lifecycle(
        "state twice",
        f"{OPEN_DONE}, {{name: open, label: Open}}",
        FINISH,
        "7: DUPLICATE_NAME: state 'open' is declared twice",
    ),
    in_lifecycle(
        "action twice",
        OPEN_DONE,
        f"{FINISH}, {FINISH}",
        "8: DUPLICATE_NAME: action 'finish' is declared twice",
    ),
    in_lifecycle(
        "guard that is no function",
        OPEN_DONE,
        "{name: finish, label: Finish, from: [open], to: done, guards: [is polite]}",
        "8: INVALID_NAME: 'is polite' is no name of a function",
    ),
    Case(
        "prefix of another",
        {
            "records/chore.yaml": BASE["records/ticket.yaml"]
            .replace("record: Ticket", "record: Chore")
            .replace("Something to do.", "Work.")
        },
        "own/records/chore.yaml:4: NAME_CLASH: the number prefix 'TIC' is that of Ticket",
    ),
    Case(
        "malformed prefix",
        {"records/chore.yaml": BASE["records/ticket.yaml"].replace("Ticket", "Chore").replace("TIC", "t-")},
        "own/records/chore.yaml:4: INVALID_VALUE: 'prefix' is 1 to 8 capitals, not 't-'",
    ),
    Case(
        "file is a list",
        {"records/chore.yaml": "- record: Chore\n"},
        "own/records/chore.yaml:1: WRONG_SHAPE: the file must be a table that begins with `record:` or `extend:`",
    ),
]


@pytest.mark.parametrize("case", RECORDS, ids=lambda case: case.id)
def test_a_mistake_of_a_record_type_is_reported_at_its_line(case: Case, tmp_path: Path) -> None:
    """One mistake gives one line that says where it is, what was seen, and what was perhaps meant."""
    assert [case.expected] == lines_of(tmp_path, mistakes_of(tmp_path, case.files))


POLICIES = [
    Case(
        "unknown attribute",
        {"policies/reconciliation.yaml": "by_attribute:\n  Host.serial: [manual]\n"},
        "own/policies/reconciliation.yaml:2: UNKNOWN_ATTRIBUTE: Host has no attribute 'serial'; "
        "did you mean 'serial_number'?",
    ),
    Case(
        "unknown class",
        {"policies/reconciliation.yaml": "by_attribute:\n  Hots.name: [manual]\n"},
        "own/policies/reconciliation.yaml:2: UNKNOWN_CLASS: 'Hots.name' must be written Class.attribute, "
        "and 'Hots' is no class; did you mean 'Host'?",
    ),
    Case(
        "unknown part of a score",
        {"policies/root_cause.yaml": "weights: {explain: 1}\n"},
        "own/policies/root_cause.yaml:1: UNKNOWN_KEY: a root cause's score has no part 'explain'; "
        "did you mean 'explains'?",
    ),
    Case(
        "negative weight",
        {"policies/root_cause.yaml": "weights: {explains: -1}\n"},
        "own/policies/root_cause.yaml:1: INVALID_VALUE: 'explains' must be a number of at least 0",
    ),
    Case(
        "unknown part of a risk",
        {"policies/change_risk.yaml": "weights: {impacts: 1}\n"},
        "own/policies/change_risk.yaml:1: UNKNOWN_KEY: the risk of a change has no part 'impacts'; "
        "did you mean 'impact'?",
    ),
    Case(
        "nothing to divide by",
        {"policies/change_risk.yaml": "weights: {impact: 1}\nhalf_users: 0\n"},
        "own/policies/change_risk.yaml:2: INVALID_VALUE: 'half_users' must be more than 0",
    ),
    Case(
        "medium above high",
        {"policies/change_risk.yaml": "medium_from: 0.9\n"},
        "own/policies/change_risk.yaml:1: INVALID_VALUE: 'medium_from' (0.9) must not be above 'high_from' (0.5)",
    ),
    Case(
        "more than all failed",
        {"policies/change_risk.yaml": "assumed_failure_rate: 1.5\n"},
        "own/policies/change_risk.yaml:1: INVALID_VALUE: 'assumed_failure_rate' must be a number of at most 1",
    ),
]


@pytest.mark.parametrize("case", POLICIES, ids=lambda case: case.id)
def test_a_mistake_of_a_policy_is_reported_at_its_line(case: Case, tmp_path: Path) -> None:
    """One mistake gives one line that says where it is, what was seen, and what was perhaps meant."""
    assert [case.expected] == lines_of(tmp_path, mistakes_of(tmp_path, case.files))
