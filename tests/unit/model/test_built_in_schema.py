"""A walk over the product's own model: what a reader may rely on of every class, type and attribute."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from cmdb.model.load import load_model
from cmdb.model.names import camel_case
from cmdb.model.records import LinkType
from cmdb.model.types import ROOT_CLASS, Attribute, CiClass, Match, Model, RelationshipType, Strength


@pytest.fixture(scope="module")
def model() -> Model:
    """The model as it ships."""
    return load_model()


def concrete(model: Model) -> list[CiClass]:
    """The classes that CIs can have."""
    return [c for c in model.classes.values() if not c.abstract]


def all_attributes(model: Model) -> Iterator[tuple[str, Attribute]]:
    """Every attribute with its owner's name."""
    owners = [
        *((c.name, c.attributes) for c in model.classes.values()),
        *((r.name, r.attributes) for r in model.record_types.values()),
        *((k.name, k.attributes) for k in kinds(model)),
    ]
    return ((name, attribute) for name, own in owners for attribute in own.values())


def kinds(model: Model) -> list[RelationshipType | LinkType]:
    """Relationship types and record links."""
    return [*model.relationship_types.values(), *model.link_types.values()]


def is_sentence(text: str) -> bool:
    """It begins with a capital or a number and ends with a full stop."""
    return re.fullmatch(r"[A-Z0-9`].*[.]", text, re.DOTALL) is not None


def test_everything_is_described_in_sentences(model: Model) -> None:
    """Classes, types and attributes carry the text that the API and the guide show."""
    described: list[tuple[str, str]] = [
        *((c.name, c.description) for c in model.classes.values()),
        *((r.name, r.description) for r in model.record_types.values()),
        *((k.name, k.description) for k in kinds(model)),
        *((f"{owner}.{a.name}", a.description) for owner, a in all_attributes(model)),
    ]

    assert [] == [name for name, text in described if not is_sentence(text)]


def test_every_class_descends_from_the_root(model: Model) -> None:
    """Each one but the root has a parent, and the root is its last ancestor."""
    others = [c for c in model.classes.values() if c.name != ROOT_CLASS]

    assert [] == [c.name for c in others if c.ancestors[-1] != ROOT_CLASS or c.parent != c.ancestors[0]]


def test_every_concrete_class_can_be_identified(model: Model) -> None:
    """It has a rule, and each rule's attributes are among its own."""
    assert [] == [c.name for c in concrete(model) if not c.identification]
    assert [] == [
        (c.name, rule.name)
        for c in concrete(model)
        for rule in c.identification
        if not set(rule.attributes) <= set(c.attributes)
    ]


def test_no_two_kinds_of_thing_share_an_identity(model: Model) -> None:
    """The class whose rules identify a CI is concrete: a team and an application of one name are two CIs."""
    assert [] == [c.name for c in concrete(model) if model.classes[c.identity_class].abstract]


def test_a_rule_within_a_relationship_holds_for_every_class_that_inherits_it(model: Model) -> None:
    """Each class with such a rule may be the source of the relationship."""
    assert [] == [
        (c.name, rule.within)
        for c in concrete(model)
        for rule in c.identification
        if rule.within is not None
        and not any(
            source == c.name or source in c.ancestors
            for source, _ in model.relationship_types[rule.within].ends
        )
    ]


def test_weak_rules_come_last(model: Model) -> None:
    """A weak rule never stands before a strong one."""
    strengths = {c.name: [rule.match for rule in c.identification] for c in concrete(model)}

    assert [] == [
        name
        for name, matches in strengths.items()
        if matches != sorted(matches, key=lambda match: match is Match.WEAK)
    ]


def test_an_ip_address_is_the_last_but_the_name_and_within_its_scope(model: Model) -> None:
    """Private addresses repeat, so that of a host is weak and scoped."""
    address, name = model.classes["Host"].identification[-2:]

    assert (("ip_addresses",), Match.WEAK, True) == (address.attributes, address.match, address.scoped)
    assert (("name",), Match.WEAK, True) == (name.attributes, name.match, name.scoped)


def test_what_identifies_a_host_is_indexed_or_never_asked_for(model: Model) -> None:
    """A person can ask for a host by whatever identifies it."""
    host = model.classes["Host"]
    identifying = {name for rule in host.identification for name in rule.attributes} - {"ssh_host_keys"}

    assert [] == [name for name in sorted(identifying) if not host.attributes[name].indexed]


def test_every_machine_is_a_host(model: Model) -> None:
    """`Host` covers every machine with an address, and can be made when no more is known."""
    machines = {
        "Server", "Workstation", "Laptop", "VirtualMachine", "Hypervisor", "Printer", "MobileDevice",
        "StorageDevice", "IPPhone", "IPCamera", "Router", "Switch", "Firewall", "LoadBalancer",
        "WirelessAccessPoint", "PowerDistributionUnit", "UninterruptiblePowerSupply",
    }  # fmt: skip

    assert machines <= set(model.with_subclasses("Host"))
    assert not model.classes["Host"].abstract
    assert {"Host"} == {model.classes[name].identity_class for name in machines}


def test_verbs_read_as_sentences(model: Model) -> None:
    """`source verb target` and back: verbs are small words that begin with one in the third person."""
    verbs = [verb for kind in kinds(model) for verb in (kind.verb, kind.inverse_verb)]

    assert [] == [verb for verb in verbs if not re.fullmatch(r"[a-z]+s( [a-z]+)*", verb)]


def test_a_verb_says_which_way_it_goes(model: Model) -> None:
    """Only a relationship without a direction reads the same both ways, and it has no impact."""
    same = [kind for kind in model.relationship_types.values() if kind.verb == kind.inverse_verb]

    assert ["CONNECTED_TO"] == [kind.name for kind in same]
    assert [None] == [kind.impact for kind in same]


def test_no_two_relationship_types_read_alike(model: Model) -> None:
    """A verb names one relationship type."""
    verbs = [kind.verb for kind in model.relationship_types.values()]

    assert len(verbs) == len(set(verbs))


def test_an_impact_is_hard_or_soft(model: Model) -> None:
    """A type without impact says `impact: none`, not a strength of none."""
    impacts = [kind.impact for kind in model.relationship_types.values() if kind.impact]

    assert {Strength.HARD, Strength.SOFT} == {impact.strength for impact in impacts}


def test_ways_and_supplies_stand_in_for_one_another(model: Model) -> None:
    """One way to a host, one supply and one member of a cluster are enough."""
    redundant = ("REACHED_THROUGH", "POWERED_BY", "MEMBER_OF", "DISTRIBUTES_TO")

    assert ["1"] * 4 == [
        impact.needed if (impact := model.relationship_types[name].impact) else None for name in redundant
    ]


def test_attributes_stay_apart_in_the_api_s_spelling(model: Model) -> None:
    """No two attributes of one owner become the same word in camel case."""
    owners: Mapping[str, Mapping[str, Attribute]] = {
        **{c.name: c.attributes for c in model.classes.values()},
        **{r.name: r.attributes for r in model.record_types.values()},
    }

    assert [] == [
        name for name, own in owners.items() if len(own) != len({camel_case(attribute) for attribute in own})
    ]


def test_what_identifies_a_person_is_sensitive(model: Model) -> None:
    """Addresses and numbers of people are masked outside the API's own field."""
    person = model.classes["Person"]

    assert person.attributes["email"].sensitive
    assert person.attributes["phone_number"].sensitive


def test_every_link_of_the_five_records_is_there(model: Model) -> None:
    """Incident, problem, known error, change and release are joined as service management joins them."""
    sentences = {
        (source, kind.name, target) for kind in model.link_types.values() for source, target in kind.ends
    }

    assert {
        ("Incident", "AFFECTS", "ConfigurationItem"),
        ("Incident", "CAUSED_BY", "Problem"),
        ("Incident", "CAUSED_BY", "Change"),
        ("Problem", "CAUSED_BY", "ConfigurationItem"),
        ("Incident", "PART_OF", "Incident"),
        ("Change", "PART_OF", "Release"),
        ("KnownError", "DOCUMENTS", "Problem"),
        ("KnownError", "EXPLAINS", "Incident"),
        ("Change", "FIXES", "KnownError"),
        ("Change", "TOUCHES", "ConfigurationItem"),
        ("Release", "UPDATES", "ConfigurationItem"),
        ("Incident", "ASSIGNED_TO", "Team"),
    } <= sentences


def test_the_weights_for_a_cause_add_up_to_one(model: Model) -> None:
    """Only `healthy` speaks against a candidate; all others together are the best possible score."""
    weights = dict(model.policies.root_cause.weights)
    weights.pop("healthy")

    assert 1.0 == pytest.approx(sum(weights.values()))
    assert 0 < model.policies.root_cause.minimum_score < 1
