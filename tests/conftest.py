"""What every test run has: the switches `--forbid-skips` and `--fault-seed`."""

from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--forbid-skips",
        metavar="MARKERS",
        default="",
        help="comma-separated markers; a skipped test that carries one of them fails instead",
    )
    parser.addoption(
        "--fault-seed",
        metavar="NUMBER",
        type=int,
        help="run the fault suites with this one seed, as a failure names it",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    forbidden = set(filter(None, item.config.getoption("--forbid-skips").split(",")))
    found = sorted(forbidden & {mark.name for mark in item.iter_markers()})
    if found and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} is marked {found[0]} and must not be skipped here. {reason}"
    return report
