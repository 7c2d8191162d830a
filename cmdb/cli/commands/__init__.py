"""The commands: what each is called, takes and says of itself. Their work is imported when they run."""
