"""Plans and reports of imports as people read them."""

from __future__ import annotations

from typing import Any

from cmdb.cli.render.imports import ImportAnswer, import_parts, problem_parts
from tests.unit.cli.fakes import shown


def create(class_name: str, name: str) -> dict[str, Any]:
    return {"action": "create", "class": class_name, "name": name, "reason": "nobody knows it"}


CONFLICT = {
    "position": "line 7",
    "class": "Server",
    "name": "web",
    "reason": "two CIs answer to it",
    "candidates": [{"id": "01A", "class": "Server", "name": "web1", "rule": "fqdn"}],
}


def problem(number: int, severity: str = "error") -> dict[str, str]:
    return {
        "position": f"line {number}",
        "code": "UNKNOWN_CLASS",
        "severity": severity,
        "message": "there is no class 'Sever'",
        "remedy": "`cmdb classes` lists them.",
    }


def answer(**rest: object) -> ImportAnswer:
    given: dict[str, object] = {
        "source": "nmap",
        "counts": {"create": {"Host": 2, "Endpoint": 1}, "relate": {"LISTENS_ON": 1}},
        "conflicts": [],
        "conflict_count": 0,
        "problems": [],
        "problem_count": 0,
        **rest,
    }
    return ImportAnswer.model_validate(given)


def test_a_plan_says_what_would_happen() -> None:
    """A headline, a table of classes and relationship types without empty columns, and samples of each class."""
    actions = [create("Host", "a"), create("Host", "b"), create("Endpoint", "a:22/tcp")]
    text = shown(import_parts("scan.xml", answer(actions=actions)))

    assert text.startswith("scan.xml would create 3, relate 1\n")
    assert "Host              2        ·" in text
    assert "LISTENS_ON        ·        1" in text
    assert "retire" not in text
    assert "Create, for example\n  Host a\n  Endpoint a:22/tcp\n  Host b" in text


def test_a_report_says_what_happened() -> None:
    """Past tense and seconds, once it is done."""
    text = shown(import_parts("scan.xml", answer(run_id="01", seconds=0.5)))

    assert text.startswith("scan.xml created 3, related 1 (0.5 s)\n")
    assert "created   related" in text


def test_the_same_again_changed_nothing() -> None:
    """Unchanged CIs are counted, and nothing else is claimed."""
    text = shown(import_parts("scan.xml", answer(run_id="01", counts={"unchanged": {"Host": 2}})))

    assert text.startswith("scan.xml changed nothing, 2 unchanged")


def test_updates_show_values_before_and_after() -> None:
    """A value that was not there has no arrow; many are counted."""
    changes = [
        {"attribute": "os_name", "old": "Linux 5", "new": "Linux 6"},
        {"attribute": "model", "old": None, "new": "R250"},
        {"attribute": "price", "old": None, "new": 10.0},
        {"attribute": "owner", "old": None, "new": "Anna"},
    ]
    action = {
        **create("Server", "web"), "action": "update", "old_class": "Host", "reason": "fqdn", "changes": changes
    }  # fmt: skip
    text = shown(import_parts("x.csv", answer(actions=[action], counts={"update": {"Server": 1}})))

    assert "  Server web (was Host)  fqdn\n    os_name: Linux 5 → Linux 6\n    model: R250\n" in text
    assert "… and 1 more attribute" in text


def test_conflicts_are_listed_with_their_choices_and_counted_by_class() -> None:
    """A person decides; nothing of them was written."""
    text = shown(import_parts("x.csv", answer(conflicts=[CONFLICT], conflict_count=1)))

    assert "1 conflict" in text.splitlines()[0]
    assert "conflicts" in text.splitlines()[1]
    assert "  line 7: Server web: two CIs answer to it\n    may be Server web1 (01A)" in text


def test_problems_have_place_code_and_remedy_and_stop_at_twenty() -> None:
    """The first twenty, then how many more."""
    text = shown(problem_parts(answer(problems=[problem(n) for n in range(25)], problem_count=31)))

    assert "error UNKNOWN_CLASS: line 0: there is no class 'Sever'\n→ `cmdb classes` lists them." in text
    assert 20 == text.count("error UNKNOWN_CLASS")
    assert text.endswith("… and 11 more (--json lists them)")


def test_only_errors_and_conflicts_make_an_import_incomplete() -> None:
    """A warning is something that went in all the same."""
    assert not answer(problems=[problem(1, "warning")], problem_count=1).incomplete
    assert answer(problems=[problem(1)], problem_count=1).incomplete
    assert answer(conflicts=[CONFLICT], conflict_count=1).incomplete
