"""Random lives of every record type: only permitted steps succeed, and the history is what was done."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cmdb.kernel.errors import CmdbError
from cmdb.kernel.values import ValueType
from cmdb.model.records import RecordType
from cmdb.model.types import Attribute
from cmdb.records.errors import (
    ActionNotAllowedError,
    ActionRefusedError,
    InvalidRecordError,
    RecordClosedError,
)
from cmdb.records.history import Transition
from cmdb.records.requests import LinkRequest
from cmdb.records.terminal import is_terminal
from tests.unit.records.desk import ANNA, ROUTER, TEAM, affects, open_desk, product_model, touches

T = TypeVar("T")
TYPES = sorted(product_model().record_types)
ACTIONS = sorted({name for t in product_model().record_types.values() for name in t.lifecycle.actions})
LINKS = {
    "Incident": [affects(), LinkRequest("ASSIGNED_TO", TEAM), LinkRequest("CAUSED_BY", ROUTER)],
    "Event": [affects()],
    "Problem": [affects(), LinkRequest("CAUSED_BY", ROUTER)],
    "KnownError": [affects()],
    "Change": [touches()],
    "Release": [LinkRequest("UPDATES", ROUTER)],
    "Modification": [],
    "ChangeWindow": [LinkRequest("APPLIES_TO", ROUTER)],
}
ATTRIBUTES = {
    "Modification": {"kind": "remove_ci", "ci": ROUTER},
    "ChangeWindow": {
        "kind": "blackout",
        "window_start": "2026-12-20T00:00:00Z",
        "window_end": "2027-01-06T00:00:00Z",
    },
}
REFUSALS = (ActionNotAllowedError, ActionRefusedError, InvalidRecordError, RecordClosedError)


class Lives(RuleBasedStateMachine):
    """Records of all types, driven by actions drawn at random from all lifecycles."""

    records = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.desk = self.run(open_desk())
        self.steps: dict[str, list[Transition]] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.loop.close()

    @initialize(target=records)
    def first(self) -> str:
        return self.made("Change", linked=True)

    @rule(target=records, type_name=st.sampled_from(TYPES), linked=st.booleans())
    def make(self, type_name: str, linked: bool) -> str:
        return self.made(type_name, linked=linked)

    def made(self, type_name: str, *, linked: bool) -> str:
        written = self.run(
            self.desk.make(type_name, *(LINKS[type_name] if linked else []), **ATTRIBUTES.get(type_name, {}))
        )
        self.steps[written.node.id] = [Transition(None, written.node.status, None)]
        return written.node.id

    @rule(record=records, data=st.data(), generous=st.booleans())
    def act(self, record: str, data: st.DataObject, generous: bool) -> None:
        node = self.run(self.desk.engine.find(record))
        record_type = product_model().record_types[node.label]
        own = sorted(record_type.lifecycle.actions)
        action = data.draw(st.sampled_from(own) | st.sampled_from(ACTIONS), label="action")
        found = record_type.lifecycle.actions.get(action)
        given = values_for(record_type, found.requires if found and generous else ())
        lacking = [n for n in (found.requires if found else ()) if n not in {*given, *node.properties}]
        try:
            written = self.run(self.desk.engine.act(record, action, given, ANNA))
        except REFUSALS:
            assert self.run(self.desk.engine.find(record)) == node
            return
        assert found is not None
        assert node.status in found.sources
        assert found.target == written.node.status
        assert not lacking
        assert not [name for name in found.requires if name not in written.node.properties]
        self.steps[record].append(Transition(node.status, found.target, action))

    @rule(record=records, other=records)
    def join(self, record: str, other: str) -> None:
        for link_type in ("CAUSED_BY", "PART_OF", "FIXES", "DOCUMENTS"):
            try:
                self.run(self.desk.engine.link(record, LinkRequest(link_type, other), ANNA))
            except (InvalidRecordError, RecordClosedError):
                continue

    @rule(record=records, title=st.sampled_from(["One", "Two", "", None]))
    def rename(self, record: str, title: str | None) -> None:
        node = self.run(self.desk.engine.find(record))
        try:
            written = self.run(self.desk.engine.update(record, {"title": title}, ANNA))
        except CmdbError:
            assert not title or is_terminal(product_model(), node)
            return
        assert (title, node.status) == (written.node.properties["title"], written.node.status)
        assert not is_terminal(product_model(), node)

    @rule(record=records)
    def remember(self, record: str) -> None:
        """The ledger tells every step, and applying its changes one by one gives the record as it is."""
        history = self.run(self.desk.engine.history(record))
        assert self.steps[record] == [entry.transition for entry in history if entry.transition]
        properties: dict[str, object] = {}
        for entry in history:
            assert entry.before == {name: properties[name] for name in entry.before}
            properties = {name: value for name, value in properties.items() if name not in entry.before}
            properties |= entry.after
        assert properties == self.run(self.desk.engine.find(record)).properties

    @rule(record=records)
    def offer(self, record: str) -> None:
        """What is said to be available works at once when nothing is missing and nobody objects."""
        node = self.run(self.desk.engine.find(record))
        offered = self.run(self.desk.engine.available_actions([node], ANNA.actor))[record]
        assert not (offered and is_terminal(product_model(), node))
        ready = [each for each in offered if not each.missing and not each.objections]
        if ready:
            written = self.run(self.desk.engine.act(record, ready[0].action.name, {}, ANNA))
            self.steps[record].append(Transition(node.status, written.node.status, ready[0].action.name))

    @invariant()
    def numbers_are_without_gap_or_double(self) -> None:
        by_type: dict[str, list[str]] = {}
        for record in self.steps:
            node = self.run(self.desk.engine.find(record))
            by_type.setdefault(node.label, []).append(node.name)
        for name, numbers in by_type.items():
            form = product_model().record_types[name].number
            assert [
                f"{form.prefix}{count:0{form.digits}d}" for count in range(1, len(numbers) + 1)
            ] == sorted(numbers)


def values_for(record_type: RecordType, names: tuple[str, ...]) -> dict[str, object]:
    """A fitting value for each of these attributes; moments run upwards in the order of the names."""
    return {
        name: value_for(record_type.attributes[name], place)
        for place, name in enumerate(sorted(names, reverse=True))
    }


def value_for(attribute: Attribute, place: int) -> object:
    """A fitting value for this attribute."""
    match attribute.type:
        case ValueType.DATETIME:
            return f"2026-03-01T0{place}:00:00Z"
        case ValueType.DATE:
            return "2026-03-01"
        case _:
            return attribute.allowed[0] if attribute.allowed else "As it should be"


def test_every_life_of_a_record_keeps_to_its_lifecycle() -> None:
    run_state_machine_as_test(
        Lives, settings=settings(max_examples=60, stateful_step_count=40, deadline=None)
    )
