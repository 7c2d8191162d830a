"""Small folders of a model, written for one test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from cmdb.model.load import read_model
from cmdb.model.mistakes import InvalidModelError, Mistake
from cmdb.model.types import Model

BASE: Mapping[str, str] = {
    "classes/base.yaml": """\
        - class: ConfigurationItem
          description: The root.
          abstract: true
          attributes:
            - {name: name, type: string, required: true, description: Its name.}
          identification:
            - {name: name, attributes: [name]}

        - class: Host
          parent: ConfigurationItem
          description: A machine.
          attributes:
            - {name: serial_number, type: string, format: serial, description: Its number.}
          identification:
            - {name: serial_number, attributes: [serial_number]}

        - class: Server
          parent: Host
          description: A machine that serves.

        - class: Site
          parent: ConfigurationItem
          description: A place.
        """,
    "relationships.yaml": """\
        - relationship: LOCATED_IN
          verb: is located in
          inverse_verb: holds
          description: Where it is.
          impact: {suffers: source, strength: hard}
          ends: [[Host, Site]]
        """,
    "policies/reconciliation.yaml": """\
        precedence: [manual]
        stale_after_days: 90
        """,
    "policies/root_cause.yaml": """\
        weights: {explains: 0.5, healthy: 0.4}
        minimum_score: 0.3
        change_window_hours: 72
        """,
    "policies/change_risk.yaml": """\
        weights: {impact: 0.6, history: 0.4}
        half_users: 100
        half_cost: 1000
        assumed_changes: 2
        assumed_failure_rate: 0.1
        followed_within_hours: 72
        medium_from: 0.25
        high_from: 0.5
        """,
    "records/ticket.yaml": """\
        record: Ticket
        description: Something to do.
        process: incident
        number: {prefix: TIC, digits: 5}
        attributes:
          - {name: answer, type: string, description: What was said.}
        lifecycle:
          initial: open
          states:
            - {name: open, label: Open}
            - {name: done, label: Done, terminal: true}
          actions:
            - {name: finish, label: Finish, from: [open], to: done, requires: [answer], guards: [polite]}
        """,
    "links.yaml": """\
        - link: AFFECTS
          verb: affects
          inverse_verb: is affected by
          description: What it is about.
          ends: [[Ticket, ConfigurationItem]]
        """,
}
"""A small model that is right."""


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files of a model's folder; texts are dedented."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    return folder


def read_with_base(tmp_path: Path, files: Mapping[str, str | bytes]) -> Model:
    """The model of the base and a user's folder with these files."""
    base = write_folder(tmp_path / "base", BASE)
    return read_model([base, write_folder(tmp_path / "own", {"README.md": "", **files})])


def mistakes_of(tmp_path: Path, files: Mapping[str, str | bytes]) -> tuple[Mistake, ...]:
    """What is wrong with the files, as a user's folder beside the base."""
    with pytest.raises(InvalidModelError) as caught:
        read_with_base(tmp_path, files)
    return caught.value.mistakes


def lines_of(tmp_path: Path, mistakes: tuple[Mistake, ...]) -> list[str]:
    """The mistakes as a person reads them, with paths relative to the test's folder."""
    return [str(mistake).replace(f"{tmp_path}/", "") for mistake in mistakes]
