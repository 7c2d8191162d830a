"""Incident management: the service works again as fast as possible (ITIL 4: incident management)."""
