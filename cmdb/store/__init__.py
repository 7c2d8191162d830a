"""Adapters of the graph store port: one folder for each database."""
