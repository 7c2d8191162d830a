"""Does a batch fit the schema? Every mistake is named, before anything is written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from cmdb.graph.batch import LinkPut, NodeCreate, NodeUpdate, WriteBatch
from cmdb.graph.elements import Node, Properties, Stamp
from cmdb.graph.errors import InvalidBatchError
from cmdb.graph.schema import GraphSchema, LabelSchema, LinkTypeSchema, PropertySchema
from cmdb.kernel.values import Value, ValueType

INTEGER_LIMIT = 2**63
"""Integers from minus this to one below it can be kept."""

_MOST_NAMED = 20
_PLAIN_TYPE: Mapping[ValueType, type] = {
    ValueType.STRING: str,
    ValueType.DATE: str,
    ValueType.DATETIME: str,
    ValueType.INTEGER: int,
    ValueType.FLOAT: float,
    ValueType.BOOLEAN: bool,
    ValueType.STRING_LIST: list,
}


def refuse(mistakes: list[str]) -> None:
    """Raise one error that names all the mistakes, if there are any.

    Raises:
        InvalidBatchError: there is at least one; its details hold them all.
    """
    if not mistakes:
        return
    named = "; ".join(mistakes[:_MOST_NAMED])
    more = len(mistakes) - _MOST_NAMED
    message = f"{named}; and {more} more" if more > 0 else named
    raise InvalidBatchError(message, details={"mistakes": list(mistakes)})


def check_batch(batch: WriteBatch, schema: GraphSchema) -> list[str]:
    """The mistakes that show without looking into the store."""
    mistakes: list[str] = []
    mistakes += _text_mistakes("the batch", (batch.actor.name, batch.reason, batch.request_id or ""))
    _check_creates(batch.creates, schema, mistakes)
    created: set[str] = set()
    for create in batch.creates:
        if create.id in created:
            mistakes.append(f"node {create.id!r}: created twice in one batch")
        created.add(create.id)
    for delete in batch.deletes:
        if delete.id in created:
            mistakes.append(f"node {delete.id!r}: created and deleted in one batch")
    _check_links(batch.link_puts, schema, mistakes)
    for unlink in batch.link_deletes:
        if unlink.key.type not in schema.link_types:
            mistakes.append(f"link {unlink.key.type}: unknown link type")
    for update in batch.updates:
        mistakes += _text_mistakes(f"node {update.id!r}", update.claims)
    mistakes += _stamp_mistakes((*batch.creates, *batch.updates))
    for source, at in {(sighting.source, sighting.at) for sighting in batch.sightings}:
        mistakes += _text_mistakes("sighting", (source, at))
    return mistakes


def check_updates(
    updates: Iterable[NodeUpdate], schema: GraphSchema, standing: Mapping[str, Node]
) -> list[str]:
    """The mistakes of updates, given the nodes as they stand; nodes that are not there are passed over."""
    mistakes: list[str] = []
    for update in updates:
        node = standing.get(update.id)
        if node is None:
            continue
        place = f"node {update.id!r}"
        label = schema.labels.get(update.label or node.label)
        if label is None:
            mistakes.append(f"{place}: unknown label {update.label or node.label!r}")
            continue
        if update.label is not None and label.abstract:
            mistakes.append(f"{place}: label {label.name} is abstract; use one of its subclasses")
        _check_changes(place, update, label, node, mistakes)
    return mistakes


def _are_sound(creates: Iterable[NodeCreate], schema: GraphSchema) -> bool:
    """Whether nodes certainly have no mistake; where it is False, one has to look closer.

    Most nodes of a batch look alike: of those with the same properties one is looked at closely, and of the others
    the values, one property after the other.
    """
    alike: dict[tuple[object, ...], list[NodeCreate]] = {}
    for create in creates:
        shape = (create.label, create.numbering is None, *create.properties)
        group = alike.get(shape)
        if group is None:
            alike[shape] = [create]
        else:
            group.append(create)
    return all(_is_sound_group(group, schema) for group in alike.values())


def _is_sound_group(creates: list[NodeCreate], schema: GraphSchema) -> bool:
    label = schema.labels.get(creates[0].label)
    if label is None or next(_create_mistakes(creates[0], label), None) is not None:
        return False
    ids = [create.id for create in creates]
    columns = zip(*[create.properties.values() for create in creates], strict=True)
    return (
        all(ids)
        and _are_plain(ids)
        and _are_plain([each for create in creates for each in create.identifiers])
        and all(_is_sound_column(column) for column in columns)
    )


def _is_sound_column(values: tuple[Value, ...]) -> bool:
    """Whether values of one property certainly can be kept, given that the first of them has the right type."""
    kind = type(values[0])
    if not all([type(value) is kind for value in values]):  # noqa: C419
        return False
    if kind is str:
        return _are_plain(values)
    if kind is list:
        members = [member for value in values if isinstance(value, list) for member in value]
        return _are_plain(members)
    return kind is bool or all([_in_bounds(value) for value in values])  # noqa: C419


def _are_plain(texts: Iterable[object]) -> bool:
    """Whether all are texts, of ASCII characters without NUL."""
    try:
        joined = "".join(cast("Iterable[str]", texts))
    except TypeError:
        return False
    return joined.isascii() and "\0" not in joined


def _in_bounds(value: Value) -> bool:
    if type(value) is int:
        return -INTEGER_LIMIT <= value < INTEGER_LIMIT
    if type(value) is float:
        return math.isfinite(value)
    return type(value) is list and all(type(item) is str and _text_flaw(item) is None for item in value)


def _check_creates(creates: Iterable[NodeCreate], schema: GraphSchema, mistakes: list[str]) -> None:
    if _are_sound(creates, schema):
        return
    for create in creates:
        label = schema.labels.get(create.label)
        if label is None:
            mistakes.append(f"node {create.id!r}: unknown label {create.label!r}")
        else:
            mistakes += _create_mistakes(create, label)


def _create_mistakes(create: NodeCreate, label: LabelSchema) -> Iterator[str]:
    place = f"{label.name} {create.id!r}"
    if not create.id:
        yield f"{place}: the id is empty"
    if label.abstract:
        yield f"{place}: label {label.name} is abstract; use one of its subclasses"
    yield from _text_mistakes(place, (create.id, *create.identifiers))
    for name, rule in label.properties.items():
        numbered = name == "number" and create.numbering is not None
        if rule.required and name not in create.properties and not numbered:
            yield f"{place}: property {name} is required"
    yield from _property_mistakes(place, create.properties, label.properties)


def _check_changes(
    place: str, update: NodeUpdate, label: LabelSchema, node: Node, mistakes: list[str]
) -> None:
    given = {name: value for name, value in update.changes.items() if value is not None}
    mistakes += _property_mistakes(place, given, label.properties)
    removed = {name for name, value in update.changes.items() if value is None}
    relabelled = label.name != node.label
    for name, rule in label.properties.items():
        if not rule.required:
            continue
        missing = relabelled and name not in given and name not in node.properties
        if name in removed or missing:
            mistakes.append(f"{place}: property {name} is required for {label.name}")


def _requires(link_type: LinkTypeSchema) -> bool:
    return any(rule.required for rule in link_type.properties.values())


def _check_links(puts: Iterable[LinkPut], schema: GraphSchema, mistakes: list[str]) -> None:
    """Look at links that have properties or need some; most of a batch have the same."""
    lenient = {name for name, known in schema.link_types.items() if not _requires(known)}
    sound: set[tuple[object, ...]] = set()
    for key, properties in puts:
        if not properties and key.type in lenient:
            continue
        values = properties.values()
        shape = (key.type, *properties, *[type(value) for value in values])
        if shape in sound and all([_is_sound(value) for value in values]):  # noqa: C419
            continue
        before = len(mistakes)
        _check_link(LinkPut(key, properties), schema, mistakes)
        if len(mistakes) == before:
            sound.add(shape)


def _is_sound(value: Value) -> bool:
    """Whether a value of the right type certainly can be kept."""
    if type(value) is str:
        return value.isascii() and "\0" not in value
    return type(value) is bool or _in_bounds(value)


def _check_link(put: LinkPut, schema: GraphSchema, mistakes: list[str]) -> None:
    link_type = schema.link_types.get(put.key.type)
    if link_type is None:
        mistakes.append(f"link {put.key.type}: unknown link type")
        return
    properties = put.properties
    place = f"link {put.key.type} from {put.key.source!r} to {put.key.target!r}"
    for name, rule in link_type.properties.items():
        if rule.required and name not in properties:
            mistakes.append(f"{place}: property {name} is required")
    mistakes += _property_mistakes(place, properties, link_type.properties)


def _property_mistakes(
    place: str, properties: Properties, rules: Mapping[str, PropertySchema]
) -> Iterator[str]:
    for name, value in properties.items():
        rule = rules.get(name)
        if rule is None:
            yield f"{place}: unknown property {name!r}"
        else:
            flaw = _flaw(value, rule.type)
            if flaw:
                yield f"{place}: property {name} {flaw}"


def _flaw(value: Value, expected: ValueType) -> str | None:
    """What is wrong with a value, as the end of a sentence, or None."""
    wanted = _PLAIN_TYPE[expected]
    if type(value) is not wanted and not (wanted is float and type(value) is int):
        return f"must be of type {expected.value}, not {type(value).__name__}"
    if isinstance(value, str):
        return _text_flaw(value)
    if isinstance(value, list):
        if any(type(item) is not str for item in value):
            return "must hold texts only"
        return next((flaw for item in value if (flaw := _text_flaw(item))), None)
    if isinstance(value, float) and not math.isfinite(value):
        return f"must be a finite number, not {value}"
    if isinstance(value, int) and not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
        return "must fit in 64 bits"
    return None


def _text_flaw(text: str) -> str | None:
    if "\0" in text:
        return "holds a NUL character"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return "holds half of a surrogate pair"
    return None


def _text_mistakes(place: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        flaw = _text_flaw(text)
        if flaw:
            yield f"{place}: {text!r} {flaw}"


def _stamp_mistakes(writes: Iterable[NodeCreate | NodeUpdate]) -> Iterator[str]:
    seen: set[Stamp] = set()
    last: Stamp | None = None
    for write in writes:
        for stamp in write.stamps.values():
            if stamp is not last and stamp not in seen:
                seen.add(stamp)
                yield from _text_mistakes(f"stamp of node {write.id!r}", stamp)
            last = stamp
