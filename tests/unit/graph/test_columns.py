"""Columns that take little memory hold what lists of texts would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.graph.columns import PackedTexts, Words

# Numpy takes a zero byte at the end for padding; no id ends in one.
texts = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8))


@given(st.lists(texts, max_size=4))
def test_packed_texts_are_the_texts_of_all_pieces(pieces: list[list[str]]) -> None:
    """By place, by slice, one after the other, and counted."""
    plain = [text for piece in pieces for text in piece]
    packed = PackedTexts(pieces)

    assert plain == list(packed)
    assert packed == plain
    assert (len(plain), plain[1:3], repr(plain)) == (len(packed), packed[1:3], repr(packed))
    assert plain == [packed[place] for place in range(len(plain))]


@given(st.lists(st.lists(st.sampled_from(["retired", "operational", ""])), max_size=4))
def test_words_are_the_words_put_in(pieces: list[list[str]]) -> None:
    """Each different one is kept once."""
    plain = [word for piece in pieces for word in piece]
    words = Words()
    for piece in pieces:
        words.extend(piece)

    assert plain == list(words)
    assert words == plain
    assert (len(plain), plain[1:3], repr(plain)) == (len(words), words[1:3], repr(words))
    assert plain == [words[place] for place in range(len(plain))]
    assert set(plain) == set(words.names)


def test_what_is_not_there_is_refused_as_by_a_list() -> None:
    """A place beyond the end, from either end."""
    words = Words()
    words.extend(["a"])
    for column in (PackedTexts([["a"]]), words):
        for place in (1, -2):
            with pytest.raises(IndexError):
                column[place]
        assert "a" == column[-1]
        assert column != ["b"]
        assert column != "ab"
