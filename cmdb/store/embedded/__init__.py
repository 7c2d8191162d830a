"""The embedded store: SQLite in one file, nothing to install."""
