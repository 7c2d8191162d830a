"""YAML is read with its lines, and hostile YAML harms nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.model.load import read_model
from cmdb.model.mistakes import InvalidModelError, Mistake, MistakeCode, Mistakes, Place
from cmdb.model.yaml_tree import MAX_BYTES, Entry, Items, Scalar, Table, read_tree
from tests.unit.model.folders import BASE, lines_of, mistakes_of, write_folder


def tree_of(tmp_path: Path, text: str) -> object:
    """The tree of a file that has no mistakes."""
    path = tmp_path / "a.yaml"
    path.write_text(text)
    mistakes = Mistakes()
    tree = read_tree(path, mistakes)
    mistakes.raise_any()
    return tree


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    """Keys and values carry the line they begin on."""
    file = str(tmp_path / "a.yaml")

    tree = tree_of(tmp_path, "# head\nname: disk\nparts:\n  - 7\n")

    assert (
        Table(
            {
                "name": Entry("name", Place(file, 2), Scalar("disk", "disk", Place(file, 2))),
                "parts": Entry(
                    "parts", Place(file, 3), Items((Scalar(7, "7", Place(file, 4)),), Place(file, 4))
                ),
            },
            Place(file, 2),
        )
        == tree
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("12", 12),
        ("-3", -3),
        ("0644", 644),
        ("0x1F", "0x1F"),
        ("1:30", "1:30"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("9" * 30, float("9" * 30)),
        ("9" * 5000, "9" * 5000),
        ("2020-01-01", "2020-01-01"),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_plain_values_follow_the_core_schema(text: str, value: object, tmp_path: Path) -> None:
    """YAML 1.2's core schema, without octal, hexadecimal and infinite numbers."""
    tree = tree_of(tmp_path, text)

    assert isinstance(tree, Scalar)
    assert (value, type(value)) == (tree.value, type(tree.value))


HOSTILE = {
    "deep flow lists": ("[" * 100_000, "1: NESTED_TOO_DEEPLY: nested deeper than 20 levels"),
    "deep tables": ("{a: " * 100_000, "1: NESTED_TOO_DEEPLY: nested deeper than 20 levels"),
    "deep block lists": ("- " * 100_000, "1: NESTED_TOO_DEEPLY: nested deeper than 20 levels"),
    "alias bomb": (
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "2: ALIAS_REFUSED: aliases (`*name`) are not read; write the value out",
    ),
    "alias to itself": (
        "&a [*a]",
        "1: ALIAS_REFUSED: aliases (`*name`) are not read; write the value out",
    ),
    "python object": (
        "\n!!python/object/apply:os.system [true]",
        "2: TAG_REFUSED: tags are not used here, and 'tag:yaml.org,2002:python/object/apply:os.system' is one",
    ),
    "two documents": ("- a\n---\n- b\n", "2: WRONG_SHAPE: a file holds one YAML document only"),
    "list as key": ("? [a, b]\n: c\n", "1: WRONG_SHAPE: a key must be a single word"),
    "control character": ('a: "\\0"', "1: INVALID_YAML: the text has control characters in it"),
    "unclosed": ("a:\n  - [b\n", "3: INVALID_YAML: this is not YAML: did not find expected ',' or ']'"),
    "tab": ("a:\n\t- b\n", "2: INVALID_YAML: this is not YAML: found character that cannot start any token"),
    "larger than permitted": (
        "#" * (MAX_BYTES + 1),
        "1: FILE_TOO_LARGE: the file is larger than 2000000 bytes",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_refused_at_its_line(name: str, tmp_path: Path) -> None:
    """Neither deep nesting, nor aliases, nor tags get past the reader."""
    text, expected = HOSTILE[name]

    lines = lines_of(tmp_path, mistakes_of(tmp_path, {"links.yaml": text.encode()}))

    assert [f"own/links.yaml:{expected}"] == lines


@pytest.mark.parametrize(
    ("data", "line"), [(b"a: 1\nb: \xff\n", 2), (b"a: \x00", 1), ("- a".encode("utf-16"), 1)]
)
def test_bytes_that_are_no_text_are_refused(data: bytes, line: int, tmp_path: Path) -> None:
    """A file must be UTF-8."""
    (mistake,) = mistakes_of(tmp_path, {"links.yaml": data})

    assert (MistakeCode.INVALID_YAML, line) == (mistake.code, mistake.place.line)


def test_a_key_given_twice_is_a_mistake(tmp_path: Path) -> None:
    """YAML readers keep the last one in silence."""
    text = "- extend: AFFECTS\n  ends: []\n  ends: []\n"

    assert ["own/links.yaml:3: DUPLICATE_KEY: 'ends' stands here a second time, first on line 2"] == lines_of(
        tmp_path, mistakes_of(tmp_path, {"links.yaml": text})
    )


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Some editors write one."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert isinstance(read_tree(tmp_path / "a.yaml", Mistakes()), Table)


FILES = st.sampled_from(
    ["classes/a.yaml", "relationships.yaml", "links.yaml", "records/a.yaml", "policies/root_cause.yaml"]
)
WORDS = st.sampled_from(
    [
        "class", "extend", "parent", "Host", "ConfigurationItem", "attributes", "name", "type", "string",
        "identification", "relationship", "LOCATED_IN", "ends", "impact", "none", "record", "lifecycle", "states",
        "actions", "from", "to", "initial", "number", "weights", "description", "plural", "default", "Ticket",
    ]
)  # fmt: skip
LEAVES = WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
DATA = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=30,
)


def mistakes_or_none(folder: Path, name: str, content: bytes) -> tuple[Mistake, ...]:
    """What is wrong with a folder of one file beside the base; any error of another kind escapes."""
    base = write_folder(folder / "base", BASE)
    own = write_folder(folder / "own", {name: content})
    try:
        read_model([base, own])
    except InvalidModelError as error:
        return error.mistakes
    return ()


@given(
    name=FILES,
    content=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
)
@settings(max_examples=60, deadline=None)
def test_no_bytes_crash_the_reader(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    """Whatever a file holds, reading ends in a model or in mistakes with lines."""
    mistakes = mistakes_or_none(tmp_path_factory.mktemp("noise"), name, content)

    assert all(mistake.place.line >= 1 for mistake in mistakes)


@given(name=FILES, data=DATA)
@settings(max_examples=120, deadline=None)
def test_no_arrangement_of_known_words_crashes_the_reader(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: object
) -> None:
    """Well-formed YAML of any shape ends in a model or in mistakes with lines."""
    mistakes = mistakes_or_none(tmp_path_factory.mktemp("shape"), name, yaml.safe_dump(data).encode())

    assert all(mistake.place.line >= 1 for mistake in mistakes)
