"""What people see: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 10_000
"""Columns in a pipe: wide enough that nothing is wrapped or cut for a reader that has no edge."""

_STATE_STYLES = {"DOWN": "bold red", "DEGRADED": "yellow", "AT_RISK": "cyan", "UNAFFECTED": "green"}


@dataclass(frozen=True, slots=True)
class Terminal:
    """The two ends of the command: `out` for results, `err` for messages and progress."""

    out: Console
    err: Console

    def show(self, *parts: RenderableType) -> None:
        """Results for a person."""
        for part in parts:
            self.out.print(part)

    def say(self, message: str, style: str = "") -> None:
        """A message beside the results."""
        self.err.print(Text(clean(message), style=style))

    def data(self, value: object) -> None:
        """Results for a program: one JSON document."""
        self.out.file.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def open_terminal() -> Terminal:
    """The terminal of this process. NO_COLOR, FORCE_COLOR and COLUMNS are respected."""
    return Terminal(console_for(sys.stdout), console_for(sys.stderr))


def console_for(stream: TextIO) -> Console:
    """A console on a stream; a pipe gets lines as long as they need to be."""
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    if not console.is_terminal and not _columns_given(console):
        console.width = PIPE_WIDTH
    return console


def _columns_given(console: Console) -> bool:
    return console._environ.get("COLUMNS", "").isdigit()  # noqa: SLF001  # the environment rich itself goes by


def clean(value: object) -> str:
    """A value from outside as one line of text that cannot steer a terminal."""
    text = value if isinstance(value, str) else _shown(value)
    return "".join(_visible(character) for character in text)


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(_shown(member) for member in value)
        case dict():
            return ", ".join(f"{key}: {_shown(member)}" for key, member in value.items())
        case _:
            return str(value)


def _visible(character: str) -> str:
    if character in "\n\r\t":
        return " "
    # Cc: control characters, escape sequences among them. Cf holds the marks that turn the direction of text.
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character


def text(value: object, style: str | Style = "") -> Text:
    """A value as rich text, taken literally: brackets in names are no markup."""
    return Text(clean(value), style=style)


def state_text(state: str) -> Text:
    """An impact state in its colour."""
    return Text(clean(state), style=_STATE_STYLES.get(state, ""))


def heading(words: str) -> Text:
    """A line above a part of the answer."""
    return Text(f"\n{clean(words)}", style="bold")


def table(*columns: str, numbers: Iterable[str] = ()) -> Table:
    """An empty table; `numbers` names the columns that are aligned to the right. No value is ever cut."""
    right = set(numbers)
    made = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        if column in right:
            made.add_column(column, justify="right", no_wrap=True)
        else:
            made.add_column(column, overflow="fold")
    return made


def bar(share: float, width: int = 10) -> Text:
    """A share between 0 and 1 as a bar."""
    filled = round(max(0.0, min(share, 1.0)) * width)
    return Text("█" * filled, style="green") + Text("░" * (width - filled), style="dim")


def named(names: Iterable[str], left_out: int) -> str:
    """Names in a row, and how many more there are."""
    more = f" and {left_out:,} more" if left_out > 0 else ""
    return ", ".join(map(clean, names)) + more


def more(left_out: int, how: str = "; --first N shows N of them") -> Iterator[Text]:
    """A line that says how many rows were left out, and how to have them; none where nothing was."""
    if left_out > 0:
        yield text(f"… and {left_out:,} more{how}.", "dim")


def plural(count: int, one: str, many: str = "") -> str:
    """`1 item`, `12 items`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
