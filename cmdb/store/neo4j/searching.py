"""Full-text search: Neo4j's index finds candidates and scores them, the phrases decide."""

from __future__ import annotations

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import PAGE_LIMIT, SearchHit, SearchQuery
from cmdb.graph.schema import GraphSchema
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.search_text import phrases_of
from cmdb.store.neo4j.statements import AWAIT_SEARCH, SEARCH

_TITLE_WEIGHT = 8
# Lucene's tokenizer cuts words there, and a query may hold about a thousand clauses.
_LONGEST_WORD = 255
_MOST_PHRASES = 64


async def search(transaction: Transaction, schema: GraphSchema, query: SearchQuery) -> list[SearchHit]:
    """Nodes that hold every word, best first.

    Raises:
        InvalidQueryError: unknown label, or `first` out of bounds.
    """
    check_page(query.first)
    for label in query.labels:
        if label not in schema.labels:
            raise InvalidQueryError(f"unknown label {label!a}")
    phrases = phrases_of(query.text)
    if not phrases or not query.labels:
        return []
    await transaction.do(AWAIT_SEARCH)
    rows = await transaction.rows(
        SEARCH,
        question=lucene_query(phrases),
        phrases=[" " + " ".join(words) for words in phrases],
        labels=list(query.labels),
        first=query.first,
    )
    nodes = transaction.wholeness.nodes([node for node, _ in rows])
    return [SearchHit(node, score) for node, (_, score) in zip(nodes, rows, strict=True)]


def check_page(first: int) -> None:
    """A page holds 0 to PAGE_LIMIT nodes.

    Raises:
        InvalidQueryError: it would hold fewer or more.
    """
    if not 0 <= first <= PAGE_LIMIT:
        raise InvalidQueryError(f"a page of {first} nodes was asked for; it holds 0 to {PAGE_LIMIT}")


def lucene_query(phrases: list[list[str]]) -> str:
    """Every word of every phrase, the last of each as a beginning; words hold letters and digits only."""
    return " ".join(_clause([word[:_LONGEST_WORD] for word in words]) for words in phrases[:_MOST_PHRASES])


def _clause(words: list[str]) -> str:
    last = words[-1]
    required = [*words[:-1], f"{last}*"]
    in_title = " ".join(f"+_title:{word}" for word in required)
    in_text = " ".join(f"+_text:{word}" for word in required)
    # A whole word scores by its rarity and the text's length; a beginning alone scores the same everywhere.
    whole = f"_title:{last}^{_TITLE_WEIGHT} _text:{last}"
    return f"+(({in_title})^{_TITLE_WEIGHT} ({in_text}) {whole})"
