"""`--forbid-skips` turns the skip of a test that must run into a failure."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """One passing test, and three skipped ones: two marked neo4j, one not."""
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyprojecttoml('[tool.pytest]\nmarkers = ["neo4j: x"]\nstrict = true\n')
    pytester.makepyfile(
        """
        import pytest

        def test_passes(): pass

        @pytest.mark.neo4j
        def test_skips_itself(): pytest.skip("no server")

        @pytest.mark.neo4j
        @pytest.mark.skip("not today")
        def test_is_skipped(): pass

        def test_skips_unmarked(): pytest.skip("no matter")
        """
    )
    return pytester


def test_skips_are_allowed_by_default(suite: pytest.Pytester) -> None:
    """Without the switch a skip is a skip."""
    suite.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1, skipped=3)


def test_forbidden_skips_fail_with_their_reason(suite: pytest.Pytester) -> None:
    """With the switch, those that carry the marker fail and say why they wanted to be skipped."""
    result = suite.runpytest_subprocess("-p", "no:cacheprovider", "--forbid-skips=neo4j")

    outcomes = result.parseoutcomes()
    assert 1 == outcomes["passed"]
    assert 1 == outcomes["skipped"]
    assert 2 == outcomes.get("failed", 0) + outcomes.get("errors", 0)
    result.stdout.fnmatch_lines(["*must not be skipped here*no server*"])
