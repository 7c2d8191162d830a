"""The demo: a scan goes in, a story is told, two questions are answered."""
