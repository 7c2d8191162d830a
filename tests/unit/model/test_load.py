"""Folders that are right become one model."""

from __future__ import annotations

import os
from pathlib import Path

from cmdb.kernel.values import ValueType
from cmdb.model.load import load_model, read_model
from cmdb.model.locate import builtin_schema, user_schemas
from cmdb.model.records import Action, NumberFormat, State
from cmdb.model.types import End, Format, IdentificationRule, ImpactMeaning, Match, Strength
from tests.unit.model.folders import BASE, read_with_base, write_folder


def test_a_class_has_the_attributes_of_its_ancestors_first(tmp_path: Path) -> None:
    """Attributes run from the root's to the class's own."""
    files = {
        "classes/a.yaml": """\
            - class: MailServer
              parent: Server
              description: Sends mail.
              attributes:
                - {name: queue_length, type: integer, unit: mails, default: 0, description: Waiting mails.}
            """
    }

    model = read_with_base(tmp_path, files)

    assert ["name", "serial_number", "queue_length"] == list(model.classes["MailServer"].attributes)
    assert ("Server", "Host", "ConfigurationItem") == model.classes["MailServer"].ancestors
    assert model.classes["MailServer"].attributes["queue_length"].default == 0
    assert "mails" == model.classes["MailServer"].attributes["queue_length"].unit


def test_plurals_are_regular_unless_given(tmp_path: Path) -> None:
    """The plural follows English spelling, and `plural` overrides it."""
    files = {
        "classes/a.yaml": """\
            - {class: Battery, parent: Host, description: Gives power.}
            - {class: Switch, parent: Host, description: Passes on.}
            - {class: Gateway, parent: Host, description: Leads out.}
            - {class: Mouse, parent: Host, plural: Mice, description: Points.}
            """
    }

    classes = read_with_base(tmp_path, files).classes

    assert ["Batteries", "Switches", "Gateways", "Mice"] == [
        classes[name].plural for name in ("Battery", "Switch", "Gateway", "Mouse")
    ]


def test_own_identification_replaces_the_inherited_one_and_makes_an_identity_class(tmp_path: Path) -> None:
    """A class that says how it is identified is no longer the same CI as others of its parent's kind."""
    files = {
        "classes/a.yaml": """\
            - class: Printer
              parent: Host
              description: Prints.
              identification:
                - {name: place, attributes: [name], within: LOCATED_IN}
                - {name: name, attributes: [name], match: weak, scoped: true}
            """
    }

    classes = read_with_base(tmp_path, files).classes

    assert "Host" == classes["Server"].identity_class
    assert "Printer" == classes["Printer"].identity_class
    assert (
        IdentificationRule("place", ("name",), within="LOCATED_IN"),
        IdentificationRule("name", ("name",), Match.WEAK, scoped=True),
    ) == classes["Printer"].identification


def test_concrete_classes_below_an_abstract_one_are_never_the_same_ci(tmp_path: Path) -> None:
    """Rules inherited from an abstract class identify each concrete class for itself."""
    files = {
        "classes/a.yaml": """\
            - {class: Party, parent: ConfigurationItem, plural: Parties, abstract: true, description: Somebody.}
            - {class: Team, parent: Party, description: Some people.}
            - {class: NightTeam, parent: Team, description: Some people at night.}
            - {class: Person, parent: Party, description: One of them.}
            """
    }

    classes = read_with_base(tmp_path, files).classes

    assert ["Team", "Team", "Person"] == [
        classes[name].identity_class for name in ("Team", "NightTeam", "Person")
    ]


def test_retention_is_inherited(tmp_path: Path) -> None:
    """A class keeps its parent's retention unless it has its own."""
    files = {
        "classes/a.yaml": """\
            - {class: Lease, parent: Host, retention_days: 30, description: Short.}
            - {class: ShortLease, parent: Lease, description: Shorter.}
            """
    }

    assert 30 == read_with_base(tmp_path, files).classes["ShortLease"].retention_days


def test_a_folder_extends_what_is_there(tmp_path: Path) -> None:
    """`extend` adds attributes to classes and records, and ends to relationship types and links."""
    files = {
        "classes/a.yaml": """\
            - extend: Host
              attributes: [{name: colour, type: string, description: Of its case.}]
            - {class: Robot, parent: ConfigurationItem, description: Moves.}
            """,
        "relationships.yaml": """\
            - extend: LOCATED_IN
              ends: [[Robot, Site]]
              attributes: [{name: shelf, type: string, description: Which shelf.}]
            """,
        "links.yaml": "- {extend: AFFECTS, ends: [[Ticket, Ticket]]}",
        "records/ticket.yaml": """\
            extend: Ticket
            attributes: [{name: mood, type: string, description: Of the caller.}]
            """,
    }

    model = read_with_base(tmp_path, files)

    assert "colour" in model.classes["Server"].attributes
    assert (("Host", "Site"), ("Robot", "Site")) == model.relationship_types["LOCATED_IN"].ends
    assert "shelf" in model.relationship_types["LOCATED_IN"].attributes
    assert ("Ticket", "Ticket") in model.link_types["AFFECTS"].ends
    assert "mood" in model.record_types["Ticket"].attributes


def test_relationships_with_an_impact_can_say_more_about_it(tmp_path: Path) -> None:
    """Such a type has three attributes by itself; one whose impact is none has not."""
    files = {
        "relationships.yaml": """\
            - relationship: FED_BY
              verb: is fed by
              inverse_verb: feeds
              description: Power.
              cardinality: many_to_one
              impact: {suffers: source, strength: soft, needed: 50%}
              ends: [[[Host, Site], Site]]
            - relationship: NEAR
              verb: is near
              inverse_verb: is near
              description: Close by.
              impact: none
              ends: [[Site, Site]]
            """
    }

    types = read_with_base(tmp_path, files).relationship_types

    assert ImpactMeaning(End.SOURCE, Strength.SOFT, "50%") == types["FED_BY"].impact
    assert ["strength", "redundancy_group", "redundancy_needed"] == list(types["FED_BY"].attributes)
    assert (("Host", "Site"), ("Site", "Site")) == types["FED_BY"].ends
    assert types["NEAR"].impact is None
    assert [] == list(types["NEAR"].attributes)


def test_a_record_type_has_number_title_description_and_status(tmp_path: Path) -> None:
    """Every record has these; its states are the permitted values of `status`."""
    ticket = read_with_base(tmp_path, {}).record_types["Ticket"]

    assert ["number", "title", "description", "status", "answer"] == list(ticket.attributes)
    assert ("open", "done") == ticket.attributes["status"].allowed
    assert "open" == ticket.attributes["status"].default
    assert ticket.attributes["title"].required
    assert NumberFormat("TIC", 5) == ticket.number


def test_a_lifecycle_names_states_actions_and_their_guards(tmp_path: Path) -> None:
    """A state is open unless it is terminal or says otherwise."""
    lifecycle = read_with_base(tmp_path, {}).record_types["Ticket"].lifecycle

    assert State("open", "Open", open=True, terminal=False) == lifecycle.states["open"]
    assert State("done", "Done", open=False, terminal=True) == lifecycle.states["done"]
    assert (
        Action("finish", "Finish", ("open",), "done", ("answer",), ("polite",)) == lifecycle.actions["finish"]
    )


def test_a_folder_overrides_single_policies(tmp_path: Path) -> None:
    """What a later folder does not mention stays as it was."""
    files = {
        "policies/reconciliation.yaml": "by_attribute: {Host.name: [cmdb, manual]}",
        "policies/root_cause.yaml": "weights: {explains: 0.7}",
        "policies/change_risk.yaml": "weights: {history: 0.9}\nhigh_from: 0.8",
    }

    policies = read_with_base(tmp_path, files).policies

    assert ("manual",) == policies.reconciliation.precedence
    assert {"Host.name": ("cmdb", "manual")} == policies.reconciliation.by_attribute
    assert 90 == policies.reconciliation.stale_after_days
    assert {"explains": 0.7, "healthy": 0.4} == policies.root_cause.weights
    assert 0.3 == policies.root_cause.minimum_score
    assert {"impact": 0.6, "history": 0.9} == policies.change_risk.weights
    assert (0.25, 0.8) == (policies.change_risk.medium_from, policies.change_risk.high_from)


def test_words_that_other_readers_take_for_values_stay_words(tmp_path: Path) -> None:
    """`no`, `on` and 0644 are texts or numbers as YAML 1.2 has them."""
    files = {
        "classes/a.yaml": """\
            - class: Lamp
              parent: Host
              description: Shines.
              attributes:
                - {name: state, type: string, allowed: [on, off, no], default: off, description: Shining or not.}
                - {name: mode, type: integer, default: 0644, description: A decimal number.}
            """
    }

    attributes = read_with_base(tmp_path, files).classes["Lamp"].attributes

    assert ("on", "off", "no") == attributes["state"].allowed
    assert "off" == attributes["state"].default
    assert 644 == attributes["mode"].default


def test_formats_and_types_are_read(tmp_path: Path) -> None:
    """An attribute keeps its type, format and flags."""
    files = {
        "classes/a.yaml": """\
            - class: Phone
              parent: Host
              description: Rings.
              attributes:
                - name: macs
                  type: string_list
                  format: mac
                  searchable: true
                  indexed: true
                  sensitive: true
                  description: Its addresses.
            """
    }

    macs = read_with_base(tmp_path, files).classes["Phone"].attributes["macs"]

    assert (ValueType.STRING_LIST, Format.MAC) == (macs.type, macs.format)
    assert macs.searchable
    assert macs.indexed
    assert macs.sensitive
    assert not macs.required


def test_an_empty_file_declares_nothing(tmp_path: Path) -> None:
    """A file of comments only is no mistake."""
    assert "Host" in read_with_base(tmp_path, {"classes/a.yaml": "# later\n"}).classes


def test_the_order_of_folders_is_the_order_of_classes(tmp_path: Path) -> None:
    """Reading the same folders twice gives equal models."""
    base = write_folder(tmp_path / "base", BASE)

    assert read_model([base]) == read_model([base])


def test_a_users_folder_is_added_to_the_product_s_own_model(tmp_path: Path) -> None:
    """`load_model` begins with the built-in folder."""
    own = write_folder(
        tmp_path, {"classes/a.yaml": "- {class: Lathe, parent: Host, description: Turns metal.}"}
    )

    model = load_model([own])

    assert "Lathe" in model.with_subclasses("Host")
    assert "Lathe" not in load_model().classes


def test_the_setting_lists_folders_like_a_search_path() -> None:
    """Empty parts are passed over and `~` is the home folder."""
    setting = os.pathsep.join(["/etc/cmdb", "", "~/own"])

    assert (Path("/etc/cmdb"), Path.home() / "own") == user_schemas(setting)
    assert () == user_schemas("")


def test_the_built_in_folder_is_found() -> None:
    """In a checkout it is the folder `schema`."""
    assert (builtin_schema() / "relationships.yaml").is_file()
