"""Configuration management: the CIs, their relationships, and what depends on them (ITIL 4: service configuration management)."""
