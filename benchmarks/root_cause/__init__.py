"""How good root cause is on recordings of other people's systems: `python -m benchmarks.root_cause`."""
