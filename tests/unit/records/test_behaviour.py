"""Behaviour by name: what a lifecycle names must exist, once, and be told apart in the history."""

from dataclasses import replace

import pytest

from cmdb.model.records import Action, RecordType
from cmdb.processes import process_behaviour
from cmdb.records.behaviour import Behaviour, check_implemented, merged
from cmdb.records.errors import BehaviourError
from cmdb.records.priority import priority_of
from tests.unit.records.desk import product_model


def with_action(action: Action) -> RecordType:
    """Incident with one more action."""
    incident = product_model().record_types["Incident"]
    actions = {**incident.lifecycle.actions, action.name: action}
    return replace(incident, lifecycle=replace(incident.lifecycle, actions=actions))


def test_the_processes_implement_every_guard_and_effect_that_the_product_names() -> None:
    check_implemented(product_model().record_types.values(), process_behaviour())


def test_no_guard_or_effect_is_implemented_that_no_lifecycle_names() -> None:
    actions = [a for t in product_model().record_types.values() for a in t.lifecycle.actions.values()]
    behaviour = process_behaviour()
    assert set(behaviour.guards) == {name for action in actions for name in action.guards}
    assert set(behaviour.effects) == {name for action in actions for name in action.effects}


def test_every_rule_and_derivation_is_of_a_record_type_of_the_product() -> None:
    behaviour = process_behaviour()
    assert {*behaviour.rules, *behaviour.derivations} <= set(product_model().record_types)


def test_missing_guards_and_effects_are_all_named_with_type_and_action() -> None:
    record_type = with_action(
        Action("explode", "Explode", ("new",), "closed", guards=("affects_somthing",), effects=("boom",))
    )
    with pytest.raises(BehaviourError) as caught:
        check_implemented([record_type], process_behaviour())
    guard = "the guard 'affects_somthing', which no process implements; did you mean 'affects_something'?"
    effect = "the effect 'boom', which no process implements"
    named = [f"Incident.explode names {guard}", f"Incident.explode names {effect}"]
    assert named == caught.value.details["mistakes"]


def test_two_actions_between_the_same_states_are_refused() -> None:
    """The ledger keeps states, so the history could not tell the two apart."""
    with pytest.raises(
        BehaviourError, match=r"Incident\.begin leads from 'new' to 'in_progress', as 'start'"
    ):
        check_implemented(
            [with_action(Action("begin", "Begin", ("new",), "in_progress"))], process_behaviour()
        )


def test_an_effect_needs_the_attribute_that_it_sets() -> None:
    record_type = with_action(Action("deploy", "Deploy", ("new",), "closed", effects=("stamp_deployed",)))
    behaviour = replace(
        process_behaviour(),
        effects={**process_behaviour().effects, "stamp_deployed": lambda _: {}},
        sets={"stamp_deployed": ("deployed_at",)},
    )
    with pytest.raises(BehaviourError, match="which sets 'deployed_at'; Incident has no such attribute"):
        check_implemented([record_type], behaviour)


def test_a_name_that_two_processes_implement_is_refused() -> None:
    one = Behaviour(guards={"is_ready": lambda _: ()})
    with pytest.raises(BehaviourError, match="the guard 'is_ready' is implemented twice"):
        merged([one, one])


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        ("high", "high", "P1"), ("high", "medium", "P2"), ("high", "low", "P3"),
        ("medium", "high", "P2"), ("medium", "medium", "P3"), ("medium", "low", "P4"),
        ("low", "high", "P3"), ("low", "medium", "P4"), ("low", "low", "P5"),
    ],
)  # fmt: skip
def test_the_priority_follows_from_impact_and_urgency(impact: str, urgency: str, priority: str) -> None:
    assert priority == priority_of(impact, urgency)
