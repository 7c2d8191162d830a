"""How failures end the command."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cmdb.cli.failures import EXIT_CODES, ReportedError, exit_code, fail, tell
from cmdb.graph.errors import NodeNotFoundError, StoreUnavailableError, VersionConflictError
from cmdb.kernel.errors import CmdbError, ErrorKind


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NodeNotFoundError("gone"), 3),
        (VersionConflictError("moved on"), 4),
        (StoreUnavailableError("closed"), 6),
        (CmdbError("broken"), 70),
        (ReportedError("NODE_NOT_FOUND", ErrorKind.NOT_FOUND, "gone", ""), 3),
    ],
)
def test_the_exit_code_follows_the_kind(error: CmdbError, code: int) -> None:
    """Scripts tell kinds of failures apart, whether a store or a server reports them."""
    assert code == exit_code(error)


def test_every_kind_has_an_exit_code_of_its_own() -> None:
    """No kind is forgotten, and none looks like success or like an incomplete result."""
    assert set(ErrorKind) == set(EXIT_CODES)
    assert len(ErrorKind) == len(set(EXIT_CODES.values()))
    assert not {0, 1} & set(EXIT_CODES.values())


def told(error: CmdbError) -> str:
    written = StringIO()
    tell(error, Console(file=written, width=200))
    return written.getvalue()


def test_a_failure_tells_code_message_and_remedy() -> None:
    """One line of what was seen, one of what to do."""
    expected = (
        "error NODE_NOT_FOUND: no node '01'\n→ Look it up with `search`; it may have been deleted since.\n"
    )
    assert expected == told(NodeNotFoundError("no node '01'"))


def test_a_message_of_several_lines_keeps_them() -> None:
    """Lists of choices and of mistakes stay lists."""
    assert ["error NODE_NOT_FOUND: these:", "  one", "  two"] == told(
        NodeNotFoundError("these:\n  one\n  two")
    ).splitlines()[:3]


def test_the_unforeseen_is_one_line_and_how_to_get_the_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback, unless CMDB_DEBUG asks for it."""
    monkeypatch.delenv("CMDB_DEBUG", raising=False)
    assert 70 == fail(ZeroDivisionError("division by zero"))
    told_plainly = capsys.readouterr().err

    assert "error INTERNAL: ZeroDivisionError: division by zero" in told_plainly
    assert "CMDB_DEBUG=1" in told_plainly
    assert 2 == len(told_plainly.strip().splitlines())


def test_the_trace_is_shown_when_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CMDB_DEBUG=1 shows where it happened."""
    monkeypatch.setenv("CMDB_DEBUG", "1")
    with pytest.raises(ZeroDivisionError) as caught:
        divmod(1, 0)
    fail(caught.value)

    assert "Traceback" in capsys.readouterr().err
