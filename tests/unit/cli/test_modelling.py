"""The contract that the command writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cmdb.cli.modelling import error_catalogue
from cmdb.kernel.errors import CmdbError, ErrorKind


def descendants(cls: type[CmdbError]) -> Iterator[type[CmdbError]]:
    for child in cls.__subclasses__():
        yield child
        yield from descendants(child)


def test_every_error_is_listed_once_with_kind_summary_and_remedy() -> None:
    """Sorted by code; each says what it means and what to do."""
    errors = error_catalogue()
    codes = [str(error["code"]) for error in errors]

    assert sorted(set(codes)) == codes
    assert {kind.value for kind in ErrorKind} >= {str(error["kind"]) for error in errors}
    assert [] == [error["code"] for error in errors if not (error["summary"] and error["remedy"])]


def test_no_code_means_two_things() -> None:
    """Two classes of errors with one code of their own would overwrite each other in the catalogue."""
    error_catalogue()
    own = Counter(
        cls.code
        for cls in descendants(CmdbError)
        if "code" in vars(cls) and cls.__module__.startswith("cmdb")
    )

    assert [] == [code for code, count in own.items() if count > 1]
