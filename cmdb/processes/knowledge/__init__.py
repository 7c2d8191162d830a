"""Knowledge management: what is known is found by those who need it (ITIL 4: knowledge management)."""
