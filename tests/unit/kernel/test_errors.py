"""The shape of errors, and their catalogue."""

import cmdb.graph.errors
from cmdb.kernel.errors import CmdbError, ErrorKind, catalogue


def test_an_error_says_what_was_seen_and_what_to_do() -> None:
    """The class's remedy stands in where this case knows no better one."""
    plain = cmdb.graph.errors.NodeNotFoundError("there is no node 'x'", details={"id": "x"})
    assert (str(plain), plain.remedy) == ("there is no node 'x'", plain.default_remedy)
    assert plain.details == {"id": "x"}
    assert CmdbError("seen", remedy="do this").remedy == "do this"


def test_the_catalogue_holds_every_error_once_by_code() -> None:
    """Sorted, with what a caller can rely on."""
    entries = {entry.code: entry for entry in catalogue()}
    assert list(entries) == sorted(entries)
    conflict = entries["VERSION_CONFLICT"]
    assert (conflict.kind, conflict.retryable) == (ErrorKind.CONFLICT, True)
    assert all(entry.summary and entry.remedy for entry in entries.values())
