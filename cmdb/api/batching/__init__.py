"""Execution that completes plain fields of many objects at once."""
