"""Policies, as `policies/*.yaml` declares them; a later folder overrides what it names, and nothing else."""

from __future__ import annotations

from cmdb.model.change_risk import NUMBERS, POSITIVE
from cmdb.model.declarations import PolicyDeclarations, PrecedenceDeclaration, WeightDeclaration
from cmdb.model.fields import Fields, Word
from cmdb.model.mistakes import MistakeCode, Mistakes
from cmdb.model.yaml_tree import Entry, Items, Scalar, Table, Tree

RECONCILIATION_KEYS = ("precedence", "by_attribute", "stale_after_days")
CHANGE_RISK_KEYS = ("weights", *NUMBERS)
ROOT_CAUSE_KEYS = ("weights", "minimum_score", "change_window_hours")


def read_reconciliation(tree: Tree | None, into: PolicyDeclarations, mistakes: Mistakes) -> None:
    """Take in a file that says which source wins."""
    fields = _root(tree, "reconciliation policy", RECONCILIATION_KEYS, mistakes)
    if fields is None:
        return
    if fields.has("precedence"):
        into.precedence = tuple(word.text for word in fields.words("precedence"))
    days = fields.whole("stale_after_days")
    into.stale_after_days = days if days is not None else into.stale_after_days
    table = fields.table("by_attribute")
    for entry in table.entries.values() if table else ():
        sources = _sources(entry, mistakes)
        into.by_attribute.append(PrecedenceDeclaration(Word(entry.key, entry.place), sources))


def read_root_cause(tree: Tree | None, into: PolicyDeclarations, mistakes: Mistakes) -> None:
    """Take in a file of weights. The first folder says which parts there are; later ones may weigh them."""
    fields = _root(tree, "root cause policy", ROOT_CAUSE_KEYS, mistakes)
    if fields is None:
        return
    _read_weights(fields, into.weights, "a root cause's score", mistakes)
    for key in ("minimum_score", "change_window_hours"):
        scalar = fields.scalar(key)
        value = _number(scalar, key, mistakes) if scalar else None
        if value is not None:
            setattr(into, key, value)


def read_change_risk(tree: Tree | None, into: PolicyDeclarations, mistakes: Mistakes) -> None:
    """Take in a file that weighs risk. The first folder says which parts there are; later ones may weigh them."""
    fields = _root(tree, "change risk policy", CHANGE_RISK_KEYS, mistakes)
    if fields is None:
        return
    _read_weights(fields, into.risk_weights, "the risk of a change", mistakes)
    for key in NUMBERS:
        scalar = fields.scalar(key)
        value = _number(scalar, key, mistakes) if scalar else None
        if scalar is None or value is None:
            continue
        if value == 0 and key in POSITIVE:
            mistakes.add(scalar.place, MistakeCode.INVALID_VALUE, f"{key!r} must be more than 0")
            continue
        into.risk_numbers[key] = WeightDeclaration(Word(key, scalar.place), value)


def _read_weights(fields: Fields, into: dict[str, WeightDeclaration], what: str, mistakes: Mistakes) -> None:
    known = tuple(into)
    table = fields.table("weights")
    for entry in table.entries.values() if table else ():
        if known and entry.key not in known:
            mistakes.add(
                entry.place,
                MistakeCode.UNKNOWN_KEY,
                f"{what} has no part {entry.key!r}",
                seen=entry.key,
                known=known,
            )
            continue
        weight = _number(entry.node, entry.key, mistakes)
        if weight is not None:
            into[entry.key] = WeightDeclaration(Word(entry.key, entry.place), weight)


def _root(tree: Tree | None, what: str, keys: tuple[str, ...], mistakes: Mistakes) -> Fields | None:
    if tree is None:
        return None
    if isinstance(tree, Table):
        return Fields(tree, what, keys, mistakes)
    mistakes.add(tree.place, MistakeCode.WRONG_SHAPE, f"the {what} must be a table of keys and values")
    return None


def _sources(entry: Entry, mistakes: Mistakes) -> tuple[str, ...]:
    if isinstance(entry.node, Items) and all(isinstance(node, Scalar) for node in entry.node.nodes):
        return tuple(node.text for node in entry.node.nodes if isinstance(node, Scalar))
    mistakes.add(entry.place, MistakeCode.WRONG_SHAPE, f"{entry.key!r} must be a list of sources")
    return ()


def _number(node: Tree, key: str, mistakes: Mistakes) -> float | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    mistakes.add(node.place, MistakeCode.INVALID_VALUE, f"{key!r} must be a number of at least 0")
    return None
