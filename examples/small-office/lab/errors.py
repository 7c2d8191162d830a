"""What can go wrong while the lab is built, said in one line each."""

from __future__ import annotations


class LabError(Exception):
    """The lab cannot be built or scanned; the message says what was seen and what to do."""
