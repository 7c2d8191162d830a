"""Statements that name a table or an index, and PRAGMAs, which take no parameters; nothing is from a question."""

from __future__ import annotations


def insert_name_statement(table: str) -> str:
    """Give a name a key, where it has none."""
    return f"INSERT INTO {table} (name) VALUES (?) ON CONFLICT DO NOTHING"


def all_names_statement(table: str) -> str:
    """Every key with its name."""
    return f"SELECT key, name FROM {table}"


def drop_index_statement(index: str) -> str:
    """Drop an index."""
    quoted = index.replace('"', '""')
    return f'DROP INDEX "{quoted}"'


def user_version_statement(version: int) -> str:
    """Note how many layout steps the file has taken."""
    return f"PRAGMA user_version = {version}"


def synchronous_statement(*, durable: bool) -> str:
    """Whether a commit waits for the disk."""
    return f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}"


def cache_statement(mebibytes: int) -> str:
    """The most memory for pages of a connection."""
    return f"PRAGMA cache_size = -{mebibytes * 1024}"


def most_pages_statement(pages: int) -> str:
    """The most pages that the file may have."""
    return f"PRAGMA max_page_count = {pages}"
