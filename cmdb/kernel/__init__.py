"""Errors, identities, time, actors and units: what every room shares, from the standard library only."""
