"""The guide's page about the command agrees with the command."""

from __future__ import annotations

import re
from pathlib import Path

from cmdb.cli.failures import EXIT_CODES, INCOMPLETE, INTERRUPTED, OK
from cmdb.cli.main import app

PAGE = (Path(__file__).parents[3] / "docs" / "guide" / "command.md").read_text(encoding="utf-8")


def test_every_command_has_its_line() -> None:
    """And no line is about a command that is not there."""
    commands = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    groups = {group.name for group in app.registered_groups}

    assert commands | groups == set(re.findall(r"^\| `cmdb ([a-z0-9-]+)", PAGE, re.MULTILINE))


def test_every_exit_code_has_its_line() -> None:
    """And no other is promised."""
    table = PAGE.split("## Exit codes")[1].split("##", maxsplit=1)[0]

    told = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert {OK, INCOMPLETE, INTERRUPTED, *EXIT_CODES.values()} == told
