"""The tables, as numbered steps: `user_version` of a file says how many of them it has taken."""

from __future__ import annotations

APPLICATION_ID = 0x434D4442
"""`CMDB` in ASCII: tells a store from other programs' SQLite files."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE labels (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        "CREATE TABLE link_types (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        "CREATE TABLE sources (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """
        CREATE TABLE nodes (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            label INTEGER NOT NULL,
            name TEXT,
            status TEXT,
            version INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            checksum INTEGER NOT NULL,
            properties TEXT NOT NULL
        )
        """,
        "CREATE INDEX nodes_by_label ON nodes (label, id)",
        """
        CREATE TABLE links (
            source INTEGER NOT NULL REFERENCES nodes (key),
            type INTEGER NOT NULL,
            target INTEGER NOT NULL REFERENCES nodes (key),
            properties TEXT,
            PRIMARY KEY (source, type, target)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX links_by_target ON links (target, type, source)",
        "CREATE TABLE identifiers (value TEXT PRIMARY KEY, node INTEGER NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE evidence (
            node INTEGER PRIMARY KEY REFERENCES nodes (key),
            stamps TEXT NOT NULL,
            identifiers TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE sightings (
            node INTEGER NOT NULL REFERENCES nodes (key),
            source INTEGER NOT NULL,
            first TEXT NOT NULL,
            last TEXT NOT NULL,
            PRIMARY KEY (node, source)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE revisions (
            number INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            reason TEXT NOT NULL,
            request_id TEXT,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL,
            nodes BLOB NOT NULL,
            links BLOB NOT NULL
        )
        """,
        """
        CREATE TABLE requests (
            id TEXT PRIMARY KEY,
            revision INTEGER,
            at TEXT NOT NULL,
            created TEXT NOT NULL,
            numbers TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE TABLE sequences (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE search_pending (node INTEGER PRIMARY KEY)",
        "CREATE TABLE search_rules (label INTEGER PRIMARY KEY, properties TEXT NOT NULL)",
        """
        CREATE VIRTUAL TABLE search USING fts5 (
            title, body, tokenize = "unicode61 remove_diacritics 2"
        )
        """,
    ),
    (
        "CREATE INDEX nodes_by_name ON nodes (name, id, label) WHERE name IS NOT NULL",
        "CREATE INDEX nodes_by_status ON nodes (status, id, label) WHERE status IS NOT NULL",
        "CREATE TABLE indexed_properties (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        # No type for `value`: numbers stay numbers and texts texts, in SQLite's own order of both.
        """
        CREATE TABLE indexed_values (
            property INTEGER NOT NULL,
            value NOT NULL,
            id TEXT NOT NULL,
            label INTEGER NOT NULL,
            node INTEGER NOT NULL,
            PRIMARY KEY (property, value, id)
        ) WITHOUT ROWID
        """,
    ),
    (
        "CREATE TABLE touches (node TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (node, revision)) WITHOUT ROWID",
        """
        INSERT INTO touches
        SELECT json_extract(entry.value, '$[0]'), number FROM revisions, json_each(CAST(nodes AS TEXT)) AS entry
        UNION
        SELECT json_extract(entry.value, '$[1]'), number FROM revisions, json_each(CAST(links AS TEXT)) AS entry
        UNION
        SELECT json_extract(entry.value, '$[2]'), number FROM revisions, json_each(CAST(links AS TEXT)) AS entry
        """,
    ),
    (
        "ALTER TABLE evidence ADD COLUMN checksum INTEGER NOT NULL DEFAULT -1",
        "UPDATE evidence SET checksum = checksum_of(node, stamps, identifiers)",
        "ALTER TABLE sightings ADD COLUMN checksum INTEGER NOT NULL DEFAULT -1",
        """
        UPDATE sightings SET checksum = checksum_of(
            node, (SELECT name FROM sources WHERE sources.key = sightings.source), first, last
        )
        """,
    ),
    (
        """
        CREATE TABLE receipts (
            key TEXT PRIMARY KEY,
            revision INTEGER NOT NULL,
            hash TEXT NOT NULL,
            content BLOB NOT NULL,
            checksum INTEGER NOT NULL
        )
        """,
    ),
)
