"""Event management: what monitoring notices becomes known where it matters (ITIL 4: monitoring and event management)."""
