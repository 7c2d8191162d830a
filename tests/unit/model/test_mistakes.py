"""What every mistake has in common: all at once, in order, and files that cannot be read at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.kernel.errors import ErrorKind
from cmdb.model.change_risk import NUMBERS
from cmdb.model.load import read_model
from cmdb.model.mistakes import InvalidModelError, MistakeCode, Mistakes, Place
from tests.unit.model.folders import BASE, lines_of, mistakes_of, read_with_base, write_folder


def test_all_mistakes_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    """Mistakes of form and of meaning, in several files, come together, ordered by file and line."""
    files = {
        "classes/a.yaml": """\
            - class: Robot
              parent: Hots
              description: Moves.
              colour: red
              attributes:
                - {name: arms, type: int, description: How many.}
            """,
        "relationships.yaml": "- {extend: LOCATED_IN, ends: [[Robots, Site]]}",
        "links.yaml": "- [not, a, link]",
    }

    mistakes = mistakes_of(tmp_path, files)

    assert [
        ("own/classes/a.yaml:2", MistakeCode.UNKNOWN_CLASS),
        ("own/classes/a.yaml:4", MistakeCode.UNKNOWN_KEY),
        ("own/classes/a.yaml:6", MistakeCode.INVALID_VALUE),
        ("own/links.yaml:1", MistakeCode.WRONG_SHAPE),
        ("own/relationships.yaml:1", MistakeCode.UNKNOWN_CLASS),
    ] == [(str(m.place).replace(f"{tmp_path}/", ""), m.code) for m in mistakes]


def test_the_error_says_how_many_and_what_to_do(tmp_path: Path) -> None:
    """Its message lists the lines, its details hold them for programs."""
    with pytest.raises(InvalidModelError) as caught:
        read_with_base(tmp_path, {"classes/a.yaml": "- {class: Robot, parent: Hots, description: Moves.}"})

    error = caught.value
    assert error.message.startswith("the model has 1 mistake:\n  ")
    assert "a.yaml:1: UNKNOWN_CLASS" in error.message
    assert ("MODEL_INVALID", ErrorKind.INVALID) == (error.code, error.kind)
    assert [str(error.mistakes[0])] == error.details["mistakes"]
    assert error.remedy


def test_a_flood_of_mistakes_is_cut_in_the_message_only(tmp_path: Path) -> None:
    """The message lists a hundred and counts the rest; the error holds them all."""
    classes = "".join(f"- {{class: Robot{n}, parent: Hots, description: Moves.}}\n" for n in range(120))

    with pytest.raises(InvalidModelError) as caught:
        read_with_base(tmp_path, {"classes/a.yaml": classes})

    assert caught.value.message.endswith("and 20 more")
    assert 120 == len(caught.value.mistakes)


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    """So is a file where a folder should be."""
    base = write_folder(tmp_path / "base", BASE)
    (tmp_path / "file").write_text("")

    with pytest.raises(InvalidModelError) as caught:
        read_model([base, tmp_path / "nowhere", tmp_path / "file"])

    assert [
        "file:1: MISSING_FOLDER: the model's folder is no folder",
        "nowhere:1: MISSING_FOLDER: the model's folder does not exist",
    ] == lines_of(tmp_path, caught.value.mistakes)


def test_a_folder_without_classes_or_policies_lacks_them(tmp_path: Path) -> None:
    """The first folder must say what the others build on."""
    files = {name: text for name, text in BASE.items() if not name.startswith("policies/")}

    with pytest.raises(InvalidModelError) as caught:
        read_model([write_folder(tmp_path, files)])

    assert [
        "no folder says policies/reconciliation.yaml: precedence",
        "no folder says policies/reconciliation.yaml: stale_after_days",
        "no folder says policies/root_cause.yaml: weights",
        "no folder says policies/root_cause.yaml: minimum_score",
        "no folder says policies/root_cause.yaml: change_window_hours",
        "no folder says policies/change_risk.yaml: weights",
        *(f"no folder says policies/change_risk.yaml: {key}" for key in NUMBERS),
    ] == [mistake.message for mistake in caught.value.mistakes]


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    """There is no root class in it, and nothing else is worth saying."""
    with pytest.raises(InvalidModelError) as caught:
        read_model([write_folder(tmp_path, {"links.yaml": BASE["links.yaml"]})])

    assert ["no file declares the class ConfigurationItem"] == [m.message for m in caught.value.mistakes]


def test_what_an_unreadable_file_declares_is_not_called_unknown(tmp_path: Path) -> None:
    """Of a folder with such a file only mistakes of form are reported, not the gaps it leaves."""
    files = {
        "classes/a.yaml": "- {class: Robot, parent: Host, description: Moves.\n",
        "classes/b.yaml": "- {class: Dog, parent: Robot, description: Barks., colour: brown}",
    }

    lines = lines_of(tmp_path, mistakes_of(tmp_path, files))

    assert ["own/classes/a.yaml:2: INVALID_YAML", "own/classes/b.yaml:1: UNKNOWN_KEY"] == [
        ":".join(line.split(":")[:3]) for line in lines
    ]


def test_a_file_that_belongs_nowhere_is_pointed_out(tmp_path: Path) -> None:
    """A misspelt file would otherwise be passed over in silence."""
    lines = lines_of(tmp_path, mistakes_of(tmp_path, {"relationship.yaml": "", "classes/deep/a.yaml": ""}))

    assert ["own/classes/deep/a.yaml:1", "own/relationship.yaml:1"] == [
        line.split(": UNKNOWN_FILE: ")[0] for line in lines
    ]
    assert lines[1].endswith("did you mean 'relationships.yaml'?")


def test_a_folder_in_place_of_a_file_is_a_mistake(tmp_path: Path) -> None:
    """A folder called like a file cannot be read."""
    (tmp_path / "own" / "links.yaml").mkdir(parents=True)

    assert ["own/links.yaml:1: UNREADABLE_FILE: the file cannot be read: Is a directory"] == lines_of(
        tmp_path, mistakes_of(tmp_path, {})
    )


def test_long_messages_are_cut() -> None:
    """A value of a megabyte does not become a message of a megabyte."""
    mistakes = Mistakes()
    mistakes.add(Place("a.yaml", 1), MistakeCode.UNKNOWN_KEY, "x" * 1_000_000)

    with pytest.raises(InvalidModelError) as caught:
        mistakes.raise_any()

    assert len(caught.value.message) < 1000
