"""What reaches the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cmdb.cli.terminal import PIPE_WIDTH, Terminal, bar, clean, console_for, plural, table, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("two\nlines\tand tabs", "two lines and tabs"),
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("turned \u202e round", "turned \ufffd round"),
        (None, ""),
        (True, "yes"),
        (["a", "b"], "a, b"),
        ({"k": 1}, "k: 1"),
        (2.5, "2.5"),
    ],
)
def test_values_from_outside_cannot_steer_the_terminal(value: object, expected: str) -> None:
    """A value becomes one line; control characters and marks that turn text round are replaced."""
    assert expected == clean(value)


def test_brackets_in_names_are_no_markup() -> None:
    """A name like `[bold]` is shown as it is."""
    written = StringIO()
    Console(file=written, width=80).print(text("[bold]x[/bold]"))

    assert "[bold]x[/bold]\n" == written.getvalue()


def test_nothing_is_cut_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader without an edge gets whole values on one line."""
    monkeypatch.delenv("COLUMNS", raising=False)
    stream = StringIO()
    made = table("Name")
    made.add_row(text("n" * 300))
    console_for(stream).print(made)

    assert "n" * 300 in stream.getvalue()


def test_a_pipe_is_as_wide_as_need_be_unless_columns_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS is respected, and otherwise a pipe has no edge."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert PIPE_WIDTH == console_for(StringIO()).width

    monkeypatch.setenv("COLUMNS", "90")
    assert 90 == console_for(StringIO()).width


def test_a_narrow_terminal_folds_values_and_loses_none() -> None:
    """Long values are folded, never cut."""
    written = StringIO()
    made = table("Name")
    made.add_row(text("abcdefghijklmnopqrstuvwxyz"))
    Console(file=written, width=20).print(made)

    letters = "".join(written.getvalue().split())
    assert letters.endswith("abcdefghijklmnopqrstuvwxyz")


def test_data_is_one_json_document_on_the_output() -> None:
    """Data goes out as it is, with no wrapping and no escapes beyond JSON's."""
    out, err = StringIO(), StringIO()
    Terminal(Console(file=out, width=10), Console(file=err)).data({"name": "é" * 30})

    assert '{\n  "name": "' + "é" * 30 + '"\n}\n' == out.getvalue()
    assert "" == err.getvalue()


@pytest.mark.parametrize(("share", "filled"), [(0.0, 0), (0.26, 3), (1.0, 10), (7.0, 10), (-1.0, 0)])
def test_a_bar_shows_a_share(share: float, filled: int) -> None:
    """Ten boxes, as many full as tenths, whatever number comes."""
    assert "█" * filled + "░" * (10 - filled) == bar(share).plain


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 items"), (1, "1 item"), (2, "2 items"), (12345, "12,345 items")]
)
def test_counts_read_as_words(count: int, expected: str) -> None:
    """One is singular, and thousands are separated."""
    assert expected == plural(count, "item")
