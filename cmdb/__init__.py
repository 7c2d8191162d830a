"""A configuration management database that is a graph."""
