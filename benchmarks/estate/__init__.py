"""Made-up estates of a realistic shape, the same for the same size and seed."""
