"""Observations become CIs: identification, reconciliation, plan and apply; and the public importer API."""
