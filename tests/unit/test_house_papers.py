"""What the project says about itself in its papers is so."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.house_lint.check import PYTHON_RULES, TEXT_RULES

ROOT = Path(__file__).resolve().parents[2]
LOCKED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\\n]+))? \\\n(?P<hashes>(?: {4}--hash=sha256:.+\n)+)",
    re.MULTILINE,
)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
    return settings


def locked(path: str) -> dict[str, str]:
    """Canonical names and versions in a lock."""
    return {canonicalize_name(entry["name"]): entry["version"] for entry in LOCKED.finditer(read(path))}


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", project()["dependencies"]),
        ("requirements-dev.txt", project()["dependencies"] + project()["optional-dependencies"]["dev"]),
    ],
)
def test_a_lock_satisfies_what_pyproject_asks_for(lock: str, wanted: list[str]) -> None:
    """Every dependency is locked, at a version its specifier allows; otherwise `make lock` was forgotten."""
    versions = locked(lock)
    unmet = [
        text
        for text in wanted
        if not Requirement(text).specifier.contains(
            versions.get(canonicalize_name(Requirement(text).name), "0")
        )
        or canonicalize_name(Requirement(text).name) not in versions
    ]

    assert [] == unmet


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_holds_hashed_versions_and_nothing_else(lock: str) -> None:
    """No option of pip and no address, so that it works with any index."""
    left = [line for line in LOCKED.sub("", read(lock)).splitlines() if line and not line.startswith("#")]

    assert [] == left


def test_both_locks_agree() -> None:
    """What runs in development is what a user runs."""
    development = locked("requirements-dev.txt")

    assert locked("requirements.txt") == {name: development.get(name) for name in locked("requirements.txt")}


def test_every_house_rule_is_explained_to_contributors() -> None:
    """CONTRIBUTING.md lists each rule by the name it reports."""
    rules = {rule.__name__.replace("_", "-") for rule in (*TEXT_RULES, *PYTHON_RULES)}

    assert set() == {rule for rule in rules if f"`{rule}`" not in read("CONTRIBUTING.md")}


def test_every_command_named_in_contributing_exists() -> None:
    """`make X` in CONTRIBUTING.md is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))

    assert set() == set(re.findall(r"`make ([a-z]+)", read("CONTRIBUTING.md"))) - targets


def test_every_decision_is_in_the_index_once() -> None:
    """docs/adr/README.md links every record, and no number is taken twice."""
    records = sorted(path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    linked = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", read("docs/adr/README.md"), re.MULTILINE)

    assert records == linked
    assert len(records) == len({name[:4] for name in records})
