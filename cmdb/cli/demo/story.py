"""The story's file: who recorded what, when, about which configuration items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cmdb.cli.files import FileUnreadableError, read_text

_OFFSET = re.compile(r"-(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Part):
    """A CI by its class and name."""

    class_name: str = Field(alias="class")
    name: str


class Step(_Part):
    """A step in a record's life, at a time before the telling."""

    action: str
    at: str


class Record(_Part):
    """A record, with the CIs it is linked to."""

    key: str
    type: str
    attributes: Mapping[str, str]
    times: Mapping[str, str] = Field(default_factory=dict)
    actions: tuple[Step, ...] = ()
    requested_by: Named
    assigned_to: Named
    affects: tuple[Named, ...] = ()
    touches: tuple[Named, ...] = ()

    def began(self) -> timedelta:
        """How long before the telling it was recorded: with its first step, or when it was noticed."""
        if self.actions:
            return offset(self.actions[0].at)
        moments = [offset(text) for text in self.times.values()]
        return max(moments, default=timedelta())


class Link(_Part):
    """A link between two records of the story, by their keys."""

    source: str
    type: str
    target: str


class Story(_Part):
    """Records in the order of the file, links between them, and what was seen working."""

    records: tuple[Record, ...]
    links: tuple[Link, ...] = ()
    healthy: tuple[Named, ...] = ()


def read_story(path: Path) -> Story:
    """The story of a file.

    Raises:
        FileUnreadableError: it cannot be read, or is no story.
    """
    try:
        return Story.model_validate(yaml.safe_load(read_text(path)))
    except (yaml.YAMLError, ValidationError) as error:
        raise FileUnreadableError(f"{path} is no story: {error}") from error


def offset(text: str) -> timedelta:
    """How long before the telling: `-8h30m` is eight and a half hours before.

    Raises:
        FileUnreadableError: it is not written so.
    """
    found = _OFFSET.fullmatch(text)
    if found is None or not any(found.groups()):
        raise FileUnreadableError(f"{text!r} is no time before the telling, such as -8h30m")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
