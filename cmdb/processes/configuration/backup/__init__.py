"""Logical backups: everything a store holds at one revision, in one file for every kind of store."""
