"""How fast it is, measured: `python -m benchmarks` (or `make bench`), results in docs/benchmarks."""
