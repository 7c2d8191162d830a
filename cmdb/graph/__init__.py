"""The graph's vocabulary and the port that every store implements."""
