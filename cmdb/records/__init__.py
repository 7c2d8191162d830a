"""The record engine: numbers, lifecycles, links and history of the records of every process."""
