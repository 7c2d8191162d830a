"""A root cause as people read it."""

from __future__ import annotations

from typing import Any

from cmdb.cli.answers import RootCause, read
from cmdb.cli.render.root_cause import root_cause_parts
from tests.unit.cli.fakes import shown


def ci(id_: str, name: str, class_name: str = "Printer") -> dict[str, Any]:
    return {"id": id_, "name": name, "class": class_name}


RTR, ONE, TWO, MAIL = ci("r", "rtr", "Router"), ci("1", "prn-one"), ci("2", "prn-two"), ci("m", "Mail")


def part(name: str, points: float, *records: dict[str, Any]) -> dict[str, Any]:
    return {"part": name, "value": 1.0, "weight": abs(points), "points": points, "records": list(records)}


def symptom(which: dict[str, Any]) -> dict[str, Any]:
    steps = [{"ci": RTR, "state": "DOWN"}, {"ci": which, "state": "DOWN", "verb": "leads to"}]
    return {"ci": which, "state": "DOWN", "distance": 1, "path": {"steps": steps}}


CHANGE = {"id": "c", "number": "CHG0000001", "title": "Tighten the list", "status": "closed"}
BEST = {
    "ci": RTR,
    "score": 0.63,
    "symptoms": [symptom(ONE), symptom(TWO)],
    "unexplained": [],
    "breaksHealthy": [MAIL],
    "wouldAffect": 17,
    "parts": [
        part("HEALTHY", -0.1),
        part("EXPLAINS", 0.4),
        part("RECENT_CHANGE", 0.18, CHANGE),
        part("KNOWN_ERROR", 0.0),
        part("NEVER_HEARD_OF", 0.05),
    ],
}


def answer(*candidates: dict[str, Any], **rest: object) -> RootCause:
    given: dict[str, object] = {
        "verdict": "CAUSE_FOUND",
        "considered": 11,
        "verified": 11,
        "truncated": False,
        "causes": [RTR],
        "unexplained": [],
        "candidates": list(candidates),
        **rest,
    }
    return read(RootCause, given)


def test_the_verdict_comes_first() -> None:
    """A person reads at once where to look, and how much was looked at."""
    text = shown(root_cause_parts(answer(BEST)))

    assert text.startswith("Look at rtr. (11 configuration items upstream of the symptoms looked at.)")


def test_the_ranking_has_score_bars_and_counts() -> None:
    """Score, bar, how many of the symptoms, how much else."""
    assert "1   rtr Router   0.63 ██████░░░░     2 of 2            17" in shown(
        root_cause_parts(answer(BEST))
    )


def test_reasons_are_in_words_best_first_with_their_records() -> None:
    """Parts without points are left out; what speaks against comes last; parts of later versions are shown too."""
    text = shown(root_cause_parts(answer(BEST)))
    reasons = [line for line in text.splitlines() if line.startswith(("  +", "  -"))]

    assert [
        "  +0.40  its failing would explain 2 of 2 symptoms (prn-one, prn-two)",
        "  +0.18  a change touched it shortly before: CHG0000001 Tighten the list",
        "  +0.05  never heard of",
        "  -0.10  its failing would have broken what is seen working: Mail",
    ] == reasons


def test_the_path_to_the_symptoms_is_drawn_for_the_best() -> None:
    """A tree from the cause to what is seen."""
    text = shown(root_cause_parts(answer(BEST)))

    assert "  rtr  Router  DOWN\n  ├── leads to prn-one  Printer  DOWN\n" in text


def test_a_symptom_explained_in_part_counts_as_open() -> None:
    """It is named, and not counted as explained."""
    text = shown(root_cause_parts(answer({**BEST, "unexplained": [TWO]})))

    assert "explain 1 of 2 symptoms (prn-one), and prn-two in part" in text


def test_several_causes_are_named_together() -> None:
    """Where one does not explain all, the smallest set is named."""
    text = shown(root_cause_parts(answer(BEST, verdict="SEVERAL_CAUSES", causes=[RTR, MAIL])))

    assert "No single one explains it. Together these do: rtr, Mail." in text


def test_no_candidate_is_an_answer_too() -> None:
    """No table, no guess, and what stays unexplained is named."""
    text = shown(root_cause_parts(answer(verdict="NO_CANDIDATE", causes=[], unexplained=[ONE])))

    assert text.startswith("Nothing explains enough of it to be worth naming.")
    assert "Stays unexplained: prn-one." in text
    assert "Ranking" not in text


def test_a_bound_on_the_work_is_told() -> None:
    """Nothing is cut silently."""
    assert "Only 4 of them were worked out in full" in shown(
        root_cause_parts(answer(BEST, truncated=True, verified=4))
    )


def test_a_candidate_that_is_seen_working_itself_is_said_to_be() -> None:
    """There is nothing else to name; how much it would break is counted as the score counts it."""
    parts = [part("HEALTHY", -0.1), part("SPECIFICITY", 0.05)]
    text = shown(root_cause_parts(answer({**BEST, "breaksHealthy": [], "parts": parts})))

    assert "-0.10  it is seen working itself" in text
    assert "how little else its failing would break: 17 down or degraded" in text
