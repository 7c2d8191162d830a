"""Record types from their declarations: implied attributes, and lifecycles that can be lived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cmdb.kernel.values import ValueType
from cmdb.model.build_attributes import TypeRegister, check_targets, extended, merged_attributes
from cmdb.model.declarations import ActionDeclaration, Declarations, RecordDeclaration
from cmdb.model.fields import Word
from cmdb.model.mistakes import MistakeCode, Mistakes
from cmdb.model.records import Action, Lifecycle, RecordType
from cmdb.model.types import Attribute


def build_records(declared: Declarations, types: TypeRegister, mistakes: Mistakes) -> dict[str, RecordType]:
    """All record types by name."""
    by_name: dict[str, RecordDeclaration] = {}
    prefixes: dict[str, str] = {}
    for one in declared.records:
        first = by_name.setdefault(one.name.text, one)
        if first is not one:
            mistakes.add(
                one.name.place,
                MistakeCode.DUPLICATE_NAME,
                f"record {one.name.text!r} is declared already, at {first.name.place}; "
                f"write `extend: {one.name.text}` to add attributes to it",
            )
        elif prefixes.setdefault(one.number.prefix, one.name.text) != one.name.text:
            mistakes.add(
                one.number_place,
                MistakeCode.NAME_CLASH,
                f"the number prefix {one.number.prefix!r} is that of {prefixes[one.number.prefix]}",
            )
    extensions = declared.record_extensions
    check_targets(extensions, by_name, "record type", MistakeCode.UNKNOWN_CLASS, mistakes)
    built = {}
    for name, one in by_name.items():
        own = extended(one.attributes, extensions, name)
        types.enter(name, own)
        attributes = merged_attributes(_implied(one), "every record has it", own, mistakes)
        built[name] = RecordType(
            name=name,
            plural=one.plural.text,
            description=one.description,
            process=one.process,
            number=one.number,
            attributes=attributes,
            lifecycle=_lifecycle(one, attributes, mistakes),
        )
    return built


def _implied(declared: RecordDeclaration) -> dict[str, Attribute]:
    """Number and status are set by the product, so nobody is required to give them."""
    text = ValueType.STRING
    states = tuple(state.name.text for state in declared.states)
    attributes = (
        Attribute("number", text, "The record's own number, given once.", searchable=True, indexed=True),
        Attribute("title", text, "What it is about, in one line.", required=True, searchable=True),
        Attribute("description", text, "What was seen, asked or planned, in full.", searchable=True),
        Attribute(
            "status",
            text,
            "Where it stands in its life; changed by actions only.",
            allowed=states,
            default=declared.initial.text,
            indexed=True,
        ),
    )
    return {attribute.name: attribute for attribute in attributes}


def _lifecycle(
    declared: RecordDeclaration, attributes: Mapping[str, Attribute], mistakes: Mistakes
) -> Lifecycle:
    states = {state.name.text: state.state for state in declared.states}
    actions = {action.name.text: _action(action) for action in declared.actions}
    _check_names(declared, states, attributes, mistakes)
    if declared.initial.text in states:
        _check_ways(declared, actions.values(), mistakes)
    return Lifecycle(declared.initial.text, states, actions)


def _action(declared: ActionDeclaration) -> Action:
    return Action(
        name=declared.name.text,
        label=declared.label,
        sources=tuple(word.text for word in declared.sources),
        target=declared.target.text,
        requires=tuple(word.text for word in declared.requires),
        guards=declared.guards,
        effects=declared.effects,
    )


def _check_names(
    declared: RecordDeclaration,
    states: Iterable[str],
    attributes: Mapping[str, Attribute],
    mistakes: Mistakes,
) -> None:
    known = list(states)
    if declared.initial.text not in known:
        _unknown_state(declared.initial, known, mistakes)
    for action in declared.actions:
        for word in (*action.sources, action.target):
            if word.text not in known:
                _unknown_state(word, known, mistakes)
        for word in action.requires:
            if word.text not in attributes:
                mistakes.add(
                    word.place,
                    MistakeCode.UNKNOWN_ATTRIBUTE,
                    f"action {action.name.text!r} requires {word.text!r}, which {declared.name.text} has not",
                    seen=word.text,
                    known=attributes,
                )


def _unknown_state(word: Word, known: Iterable[str], mistakes: Mistakes) -> None:
    mistakes.add(
        word.place, MistakeCode.UNKNOWN_STATE, f"{word.text!r} is no state", seen=word.text, known=known
    )


def _check_ways(declared: RecordDeclaration, actions: Iterable[Action], mistakes: Mistakes) -> None:
    """Every state can be reached, and left unless it is terminal."""
    ways: dict[str, set[str]] = {}
    for action in actions:
        for source in action.sources:
            ways.setdefault(source, set()).add(action.target)
    reached: set[str] = set()
    ahead = [declared.initial.text]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(ways.get(name, ()))
    for state in declared.states:
        name = state.name.text
        if name not in reached:
            mistakes.add(
                state.name.place, MistakeCode.UNREACHABLE_STATE, f"no action leads to the state {name!r}"
            )
        elif state.state.terminal and name in ways:
            mistakes.add(
                state.name.place,
                MistakeCode.INVALID_VALUE,
                f"the state {name!r} is terminal, yet an action leaves it",
            )
        elif not state.state.terminal and not ways.get(name, set()) - {name}:
            mistakes.add(
                state.name.place,
                MistakeCode.DEAD_END,
                f"no action leaves the state {name!r}; make it terminal, or give it a way out",
            )
