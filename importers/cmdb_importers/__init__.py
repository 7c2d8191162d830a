"""First-party importers, registered by the same entry points a stranger would use."""
