"""Texts as they are searched."""

import pytest

from cmdb.kernel.values import Value
from cmdb.store.neo4j.search_text import phrases_of, search_texts, words_of
from cmdb.store.neo4j.searching import lucene_query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtr-print.office.example", ["rtr", "print", "office", "example"]),
        ("Überall GROSSE café", ["uberall", "grosse", "cafe"]),
        ("große 日本語", ["große", "日本語"]),
        ("aa:bb:cc  192.168.1.7", ["aa", "bb", "cc", "192", "168", "1", "7"]),
        ("<>&", []),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, expected: list[str]) -> None:
    """In small letters, without accents."""
    assert words_of(text) == expected


def test_a_node_has_a_title_and_a_text() -> None:
    """Names and numbers apart from the rest, lists value by value, nothing across two values."""
    properties: dict[str, Value] = {
        "name": "Web-1",
        "note": "a b",
        "tags": ["c", "d e"],
        "rank": 7,
        "secret": "x",
    }
    assert search_texts(properties, ("name", "note", "rank", "tags")) == (" web 1 ", " a b | 7 | c | d e ")
    assert search_texts({"secret": "x"}, ("name", "note")) == (None, None)


def test_a_question_is_made_of_phrases() -> None:
    """Each word of it is one, whose parts stay together."""
    assert phrases_of('web-1 " OR" \ud800') == [["web", "1"], ["or"]]


def test_a_query_to_lucene_holds_words_only() -> None:
    """All but the last whole, the last as a beginning; long ones are cut where Lucene cuts them."""
    assert (
        lucene_query([["web", "1"]])
        == "+((+_title:web +_title:1*)^8 (+_text:web +_text:1*) _title:1^8 _text:1)"
    )
    assert "x" * 256 not in lucene_query([["x" * 300]])
