"""A column mapping in YAML says which columns become which attributes and relationships."""

from __future__ import annotations

import pytest

from cmdb.inventory.importer import InvalidOptionError
from cmdb.inventory.observation import ObservedRelationship, Severity
from tests.unit.importers.reading import Reading
from tests.unit.importers.table.tables import read_table, reference


def read_mapped(data: str, mapping: str) -> Reading:
    """A table read by a mapping in the file m.yaml."""
    return read_table(data, mapping=mapping, mapping_name="m.yaml")


def mistakes(mapping: str, data: str = "Name\nh1\n") -> list[str]:
    """What is wrong with a mapping."""
    with pytest.raises(InvalidOptionError) as caught:
        read_mapped(data, mapping)
    return caught.value.message.splitlines()


def test_columns_become_attributes() -> None:
    """By name, with constants, defaults, lists and translated values."""
    mapping = """
class: {column: Kind, values: {srv: Server, prn: Printer}}
attributes:
  name: Hostname
  environment: {constant: production}
  status: {column: State, values: {live: operational, old: retired}, default: planned}
  ip_addresses: {column: IPs, separator: ","}
  price: Price
  tags: {constant: [imported, spreadsheet]}
empty: [n/a, "-"]
ignore: [Comment]
"""
    reading = read_mapped(
        'Kind,Hostname,State,IPs,Price,Comment\nsrv,web1,live,"192.0.2.1, 192.0.2.2",-,x\nprn,p1,,n/a,10,y\n',
        mapping,
    )

    first, second = (observation.items[0] for observation in reading.observations)
    assert ("Server", "Printer") == (first.class_name, second.class_name)
    assert {
        "name": "web1",
        "environment": "production",
        "status": "operational",
        "ip_addresses": ["192.0.2.1", "192.0.2.2"],
        "tags": ["imported", "spreadsheet"],
    } == first.attributes
    assert {
        "name": "p1",
        "environment": "production",
        "status": "planned",
        "price": "10",
        "tags": ["imported", "spreadsheet"],
    } == second.attributes
    assert [] == reading.codes


def test_columns_become_relationships_of_the_rows_ci() -> None:
    """Outgoing by `target`, incoming by `source`, several by a separator, none where the cell is empty."""
    mapping = """
class: Application
attributes: {name: App}
relationships:
  - type: RUNS_ON
    target: {class: Host, attributes: {fqdn: Hosts}, separator: " ", create: true}
    attributes: {redundancy_group: {constant: web}}
  - type: COMPONENT_OF
    source: {class: SoftwareInstance, attributes: {name: Database}}
"""
    reading = read_mapped("App,Hosts,Database\nShop,a.example.org b.example.org,shopdb\nWiki,,\n", mapping)

    shop, wiki = reading.observations
    assert (
        ObservedRelationship(
            "RUNS_ON",
            "row",
            reference("Host", create=True, fqdn="a.example.org"),
            {"redundancy_group": "web"},
        ),
        ObservedRelationship(
            "RUNS_ON",
            "row",
            reference("Host", create=True, fqdn="b.example.org"),
            {"redundancy_group": "web"},
        ),
        ObservedRelationship("COMPONENT_OF", reference("SoftwareInstance", name="shopdb"), "row"),
    ) == shop.relationships
    assert () == wiki.relationships


def test_a_table_of_relationships_may_be_mapped() -> None:
    """Both ends come from the row; so may the type and attributes."""
    mapping = """
relationship:
  type: {column: kind, values: {needs: DEPENDS_ON}}
  source: {class: Software, attributes: {name: package}}
  target: {class: Software, attributes: {name: target}}
  attributes: {strength: {column: how, values: {must: hard}, others: keep}}
"""
    reading = read_mapped("package,kind,target,how\na,needs,b,must\na,needs,c,soft\na,needs,,must\n", mapping)

    assert [
        ObservedRelationship(
            "DEPENDS_ON",
            reference("Software", name="a"),
            reference("Software", name=target),
            {"strength": strength},
        )
        for target, strength in (("b", "hard"), ("c", "soft"))
    ] == [link for observation in reading.observations for link in observation.relationships]
    assert [("TABLE_VALUE_UNFIT", "line 4")] == [(p.code, p.position) for p in reading.problems]


def test_the_time_of_observation_may_come_from_a_column() -> None:
    """A time that is none costs the row."""
    mapping = "class: Host\nattributes: {name: Name}\nobserved_at: Seen\n"

    reading = read_mapped("Name,Seen\na,2026-01-02T03:04:05+01:00\nb,yesterday\n", mapping)

    assert ["2026-01-02T02:04:05.000Z"] == [observation.observed_at for observation in reading.observations]
    assert ["TABLE_VALUE_UNFIT"] == reading.codes


def test_a_value_that_is_not_mapped_costs_its_row_with_a_hint() -> None:
    """A translation that is silent about a value must not let it through."""
    mapping = "class: Host\nattributes: {name: Name, status: {column: State, values: {live: operational}}}\n"

    reading = read_mapped("Name,State\na,life\n", mapping)

    assert "did you mean 'live'" in reading.problems[0].message


def test_columns_that_nobody_mapped_are_told_once() -> None:
    """Not once a row, and with a hint."""
    reading = read_mapped("Name,Nmae,Room\na,b,c\nd,e,f\n", "class: Host\nattributes: {name: Name}\n")

    assert 2 == len(reading.observations)
    assert [("TABLE_COLUMN_UNMAPPED", Severity.WARNING)] == [(p.code, p.severity) for p in reading.problems]
    assert "'Nmae'; did you mean 'Name'" in reading.problems[0].message


def test_keys_of_json_lines_that_nobody_mapped_are_told_once() -> None:
    """At the line where each is first seen."""
    reading = read_mapped(
        '{"Name": "a", "x": 1}\n{"Name": "b", "x": 2, "y": 3}\n', "class: Host\nattributes: {name: Name}"
    )

    assert ["line 1", "line 2"] == [problem.position for problem in reading.problems]


def test_a_mapped_column_that_the_table_lacks_is_named_with_its_line() -> None:
    """Nothing is read: the mapping was made for another table."""
    assert ["m.yaml:2: the table has no column 'Nmae'; did you mean 'Name'?"] == mistakes(
        "class: Host\nattributes: {name: Nmae}"
    )


def test_every_mistake_is_named_with_its_line_at_once() -> None:
    """A person mends them in one go."""
    mapping = """clas: Host
attributes:
  name: {colum: Name}
  status: {column: Name, constant: x}
  tags: [a]
relationships:
  - target: {class: Host}
  - type: RUNS_ON
    source: {class: Host, attributes: {name: Name}, create: maybe}
    target: {class: Host, attributes: {name: Name, fqdn: Name}, separator: ","}
ignore: Comment
"""
    found = mistakes(mapping)

    assert [1, 1, 3, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11] == [int(line.split(":")[1]) for line in found]
    assert "m.yaml:1: 'clas' is no key of a mapping; did you mean 'class'?" in found
    assert "m.yaml:3: 'colum' is no key of a value; did you mean 'column'?" in found


@pytest.mark.parametrize(
    ("mapping", "line", "words"),
    [
        ("", 1, "a mapping has the keys"),
        ("- a", 1, "a mapping has the keys"),
        ("class: Host\nclass: Server", 2, "second time"),
        ("class: [Host", 2, "not YAML"),
        ("class: &a Host\nattributes: *a", 2, "aliases"),
        ("class: !!python/object/apply:os.system ['id']", 1, "tags"),
        ("class: Host\n---\nclass: Server", 2, "one YAML document"),
        ("? [a]\n: b", 1, "a key must be a single word"),
        ("class: Host\nattributes: " + "{a: " * 100 + "}" * 100, 2, "nested deeper"),
        ("class: Host\nattributes:\n  name:", 3, "missing"),
        (
            "class: Host\nrelationship: {type: A, source: {class: Host, attributes: {name: N}}}",
            2,
            "not of both",
        ),
        ("class: \x07", 1, "not YAML"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_refused_at_its_line(mapping: str, line: int, words: str) -> None:
    """Also when it is hostile."""
    found = mistakes(mapping)

    assert any(each.startswith(f"m.yaml:{line}: ") and words in each for each in found), found


def test_a_mapping_of_any_size_is_not_read() -> None:
    """Mappings are written by hand."""
    assert "more than" in mistakes("class: Host\n" + "# comment\n" * 50_000)[0]
