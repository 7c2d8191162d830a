"""Draws docs/images/demo.svg from what the demo really prints: the impact of a router, and the root cause.

Run it again with `make picture` when the demo's output changes.
"""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "demo.svg"
WIDTH = 104
PARTS = (
    ("$ cmdb impact ", "What is hit"),
    ("$ cmdb root-cause ", "The same in GraphQL"),
)


def main() -> None:
    """Run the demo in colour and draw the parts that answer the two questions."""
    environment = {**os.environ, "COLUMNS": str(WIDTH), "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    command = [str(Path(sys.executable).with_name("cmdb")), "demo", "--no-serve"]
    run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603  # our own command
    printed = run.stdout
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    for begin, end in PARTS:
        console.print(cut(printed, begin, end), end="\n\n")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    drawn = console.export_svg(title="cmdb demo")
    PICTURE.write_text(without_fonts_from_elsewhere(drawn), encoding="utf-8")


def without_fonts_from_elsewhere(svg: str) -> str:
    """The same picture in the reader's own monospaced font: nothing is fetched to look at it."""
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: Fira Code", "font-family: ui-monospace", svg)


def cut(printed: str, begin: str, end: str) -> Text:
    """The lines from the one that holds `begin` up to the one that holds `end`, in their colours."""
    lines = [Text.from_ansi(line) for line in printed.splitlines()]
    first = next(number for number, line in enumerate(lines) if begin in line.plain)
    last = next(number for number, line in enumerate(lines) if number > first and end in line.plain)
    return Text("\n").join(lines[first:last])


if __name__ == "__main__":
    main()
