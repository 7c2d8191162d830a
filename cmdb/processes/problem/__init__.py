"""Problem management: finding and removing the causes of incidents (ITIL 4: problem management)."""
