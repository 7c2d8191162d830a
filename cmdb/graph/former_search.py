"""Full-text search as it was: what was touched since is searched here, everything else by the store."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cmdb.graph.elements import Node, Properties
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import PAGE_LIMIT, SearchHit, SearchQuery
from cmdb.graph.schema import GraphSchema
from cmdb.graph.undo import Undo

_TITLES = frozenset({"name", "number"})


def hits_wanted(undo: Undo, query: SearchQuery) -> int:
    """So many hits the store has to give, that enough are left without those that were touched since."""
    if not 0 <= query.first <= PAGE_LIMIT:
        return query.first
    return min(PAGE_LIMIT, query.first + len(undo.nodes))


def former_hits(
    schema: GraphSchema,
    undo: Undo,
    query: SearchQuery,
    hits: Sequence[SearchHit],
    nodes: Mapping[str, Node],
) -> list[SearchHit]:
    """The hits of a moment, from those of the store and the touched nodes that were there.

    A touched node whose text is the same keeps its place; others come last, those hit in their name first.

    Raises:
        InvalidQueryError: the store's hits were cut before enough of them were untouched.
    """
    kept: list[SearchHit] = []
    settled: set[str] = set()
    for hit in hits:
        node = nodes.get(hit.node.id)
        if hit.node.revision <= undo.moment:
            kept.append(hit)
        elif node is not None and _reads_alike(schema, undo, node, hit.node):
            settled.add(node.id)
            kept.append(SearchHit(node, hit.score))
    if len(hits) == PAGE_LIMIT and len(kept) < query.first:
        raise InvalidQueryError(
            "too many of the nodes with these words were changed since, to tell which fitted best then",
            remedy="Add a word, or narrow the search to a class.",
        )
    lowest = min((hit.score for hit in kept), default=1.0)
    others = [
        SearchHit(node, lowest - 1.0 / fit)
        for node in nodes.values()
        if node.id not in settled and node.label in query.labels and (fit := _fit(schema, node, query.text))
    ]
    others.sort(key=lambda hit: (-hit.score, hit.node.id))
    return [*kept, *others][: query.first]


def _reads_alike(schema: GraphSchema, undo: Undo, node: Node, present: Node) -> bool:
    former = undo.nodes.get(node.id)
    if former is None or former.former.whole or node.label != present.label:
        return False
    names = _searchable(schema, node.label)
    return all(node.properties.get(name) == present.properties.get(name) for name in names)


def _searchable(schema: GraphSchema, label: str) -> list[str]:
    known = schema.labels.get(label)
    return [name for name, rule in known.properties.items() if rule.searchable] if known else []


def _fit(schema: GraphSchema, node: Node, text: str) -> int:
    """0 where a phrase is missing, 2 where all stand in the title, else 1."""
    phrases = phrases_of(text)
    searchable = _searchable(schema, node.label)
    titles = [words_of(text) for text in _values(node.properties, searchable, titles=True)]
    texts = [words_of(text) for text in _values(node.properties, searchable, titles=False)]
    if not phrases or not _all_occur(phrases, [*titles, *texts]):
        return 0
    return 2 if _all_occur(phrases, titles) else 1


def _all_occur(phrases: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]) -> bool:
    return all(any(_occurs(phrase, words) for words in texts) for phrase in phrases)


def _values(properties: Properties, searchable: Sequence[str], *, titles: bool) -> Iterator[str]:
    for name in searchable:
        if (name in _TITLES) is not titles:
            continue
        value: Any = properties.get(name)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield str(value)


def _occurs(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words hold the phrase, whose last word may go on."""
    *whole, last = phrase
    return any(
        list(words[start : start + len(whole)]) == whole and words[start + len(whole)].startswith(last)
        for start in range(len(words) - len(whole))
    )


def words_of(text: str) -> list[str]:
    """The words of a text: runs of letters and digits, in small letters, without accents."""
    plain = (
        letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter)
    )
    return "".join(letter if _is_of_word(letter) else " " for letter in plain).split()


def phrases_of(question: str) -> list[list[str]]:
    """What people write as one word (`192.168.1.7`) is one phrase; each is a list of words."""
    text = question.encode(errors="replace").decode().replace("\0", " ")
    return [words for part in text.split() if (words := words_of(part))]


def _is_of_word(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LN" or category == "Co"
