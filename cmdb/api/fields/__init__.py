"""The root fields of the API, one module a subject."""
