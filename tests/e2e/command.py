"""Runs the command `cmdb` as a person's shell would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("cmdb")
EXAMPLE = Path(__file__).parents[2] / "examples" / "small-office"
SCAN = EXAMPLE / "office-scan.xml"
PATIENCE = 300
"""Seconds that a busy machine may take for a command; what a test may take in all is bounded besides."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process left: its exit code and both outputs."""

    code: int
    out: str
    err: str

    def data(self) -> Any:
        """Standard output as JSON; anything else on it is an error."""
        assert self.out, self.err
        return json.loads(self.out)


def environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a person who has set nothing: no store, no server, a home of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CMDB_", "COLUMNS"))}
    return {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home), **extra}


def cmdb(*words: object, home: Path, stdin: bytes | None = None, **extra: str) -> Ended:
    """Run `cmdb` with these words until it ends; `extra` are variables of the environment."""
    done = subprocess.run(
        [str(COMMAND), *map(str, words)],
        input=stdin,
        capture_output=True,
        env=environment(home, extra),
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
