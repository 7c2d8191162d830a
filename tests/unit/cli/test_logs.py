"""Where the log goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from cmdb.cli.logs import keep_quiet, log_to_standard_error


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_command_that_asks_logs_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went wrong is told once, by the command; standard output belongs to results."""
    monkeypatch.delenv("CMDB_DEBUG", raising=False)
    keep_quiet()
    structlog.get_logger().error("unforeseen error")

    assert ("", "") == capsys.readouterr()


def test_the_log_is_there_for_whoever_debugs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error."""
    monkeypatch.setenv("CMDB_DEBUG", "1")
    keep_quiet()
    structlog.get_logger().error("unforeseen error")
    out, err = capsys.readouterr()

    assert "" == out
    assert "unforeseen error" in err


def test_a_server_logs_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """From its level upwards."""
    log_to_standard_error("warning")
    structlog.get_logger().info("too quiet")
    structlog.get_logger().warning("loud enough")
    out, err = capsys.readouterr()

    assert "" == out
    assert "too quiet" not in err
    assert "loud enough" in err
