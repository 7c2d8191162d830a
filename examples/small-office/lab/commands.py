"""Running programs, with the failure told in their own words."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from lab.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path


def run(*command: str, cwd: Path | None = None) -> str:
    """Standard output of the command.

    Raises `LabError` with the command and its error output when it fails.
    """
    # Every command is written out in this package; nothing of it comes from outside.
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()
        raise LabError(f"`{' '.join(command)}` failed ({done.returncode}): {words}")
    return done.stdout
