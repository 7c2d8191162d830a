"""The model as data: CI classes, relationship types, record types, read from YAML into frozen types."""
