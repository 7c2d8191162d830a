"""JSON Lines: one object a line, CIs and relationships in any order."""

from __future__ import annotations

import pytest

from cmdb.inventory.observation import ObservedItem, ObservedRelationship
from tests.unit.importers.table.tables import read_table, reference


def test_a_file_may_hold_cis_and_relationships() -> None:
    """Each line speaks for itself; types of JSON are kept."""
    reading = read_table(
        '{"class": "Server", "name": "web1", "cpu_count": 8, "ip_addresses": ["192.0.2.1"], "owner": null}\n'
        "\n"
        '{"source_class": "Application", "source": "Shop", "type": "RUNS_ON", "target_class": "Server", '
        '"target": "web1", "redundancy_needed": 1}\n'
    )

    first, second = reading.observations
    assert (
        ObservedItem("row", "Server", {"name": "web1", "cpu_count": 8, "ip_addresses": ["192.0.2.1"]}),
    ) == first.items
    assert (
        ObservedRelationship(
            "RUNS_ON",
            reference("Application", name="Shop"),
            reference("Server", name="web1"),
            {"redundancy_needed": 1},
        ),
    ) == second.relationships
    assert "line 3" == second.position


def test_an_end_may_be_an_object_of_attributes() -> None:
    """With its class, and with leave to make it."""
    reading = read_table(
        '{"source": {"class": "Endpoint", "port": 443, "create": true}, "type": "LISTENS_ON", '
        '"target": {"class": "Host", "fqdn": "a.example.org"}}'
    )

    (link,) = reading.observations[0].relationships
    assert reference("Host", fqdn="a.example.org") == link.target
    assert not isinstance(link.source, str)
    assert ({"port": 443}, True) == (link.source.attributes, link.source.create)


def test_a_ci_may_hold_its_relationships() -> None:
    """What is told apart by its owner only (an interface, an endpoint) comes with it in one observation."""
    reading = read_table(
        '{"class": "NetworkInterface", "name": "eth0", "relationships": ['
        '{"type": "INTERFACE_OF", "target": {"class": "Server", "name": "web1", "create": true}, "note": "x"},'
        '{"type": "CONNECTED_TO", "source": {"class": "Switch", "name": "sw1"}}]}'
    )

    assert (
        ObservedRelationship(
            "INTERFACE_OF", "row", reference("Server", create=True, name="web1"), {"note": "x"}
        ),
        ObservedRelationship("CONNECTED_TO", reference("Switch", name="sw1"), "row"),
    ) == reading.observations[0].relationships


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[1, 2]", "TABLE_ROW_UNREADABLE"),
        ("{", "TABLE_ROW_UNREADABLE"),
        ('{"class": "Host", "name": NaN}', "TABLE_ROW_UNREADABLE"),
        ('{"class": "Host", "name": "\\ud800"}', "TABLE_ROW_UNREADABLE"),
        ('{"class": "Host", "name": 1' + "0" * 400 + "}", "TABLE_ROW_UNREADABLE"),
        ("[" * 100_000, "TABLE_ROW_UNREADABLE"),
        ('{"class": "Host", "name": "a\\u0000b"}', "TABLE_VALUE_UNFIT"),
        ('{"class": "Host", "name": {"a": {"b": 1}}}', "TABLE_VALUE_UNFIT"),
        ('{"class": "Host", "name": {"a": 1}}', "TABLE_VALUE_UNFIT"),
        ('{"class": "Host", "tags": ["a", {"b": 1}]}', "TABLE_VALUE_UNFIT"),
        ('{"class": "Host", "name": "a", "relationships": "x"}', "TABLE_VALUE_UNFIT"),
        (
            '{"class": "Host", "name": "a", "relationships": [{"type": "T", "target": "b"}]}',
            "TABLE_VALUE_UNFIT",
        ),
        (
            '{"class": "Host", "name": "a", "relationships": [{"type": "T", "target": {"name": "b"}}]}',
            "TABLE_VALUE_UNFIT",
        ),
        ('{"class": "Host", "name": "a", "tags": [{"a": "b"}]}', "TABLE_VALUE_UNFIT"),
        ('{"class": 5, "name": "a"}', "TABLE_VALUE_UNFIT"),
        ('{"name": "a"}', "TABLE_COLUMNS_UNFIT"),
        (
            '{"source": {"class": "Host"}, "type": "RUNS_ON", "target": {"class": "Host", "name": "b"}}',
            "TABLE_VALUE_UNFIT",
        ),
        ('{"source": "a", "type": "RUNS_ON", "target": {"class": "Host", "name": "b"}}', "TABLE_VALUE_UNFIT"),
        ('{"class": "Host", "name": "' + "x" * 70_000 + '"}', "TABLE_VALUE_UNFIT"),
        ('{"class": "Host", "name": "' + "x" * 2_000_000 + '"}', "TABLE_ROW_UNREADABLE"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_good_lines_go_in(line: str, code: str) -> None:
    """No line ends the reading."""
    good = '{"class": "Host", "name": "good"}'

    reading = read_table(f"{good}\n{line}\n{good}\n")

    assert 2 == len(reading.observations)
    assert [(code, "line 2")] == [(p.code, p.position) for p in reading.problems]
