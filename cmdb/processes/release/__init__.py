"""Release management: changes that go together go live together (ITIL 4: release management)."""
