"""Impact and root cause: pure functions over a topology."""
