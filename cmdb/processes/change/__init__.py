"""Change enablement: changes are authorised, planned and looked back at (ITIL 4: change enablement)."""
