"""The whole of an estate: sites, then what runs in them, then what people use."""

from __future__ import annotations

from benchmarks.estate.applications import add_applications
from benchmarks.estate.compute import add_racks
from benchmarks.estate.estate import Builder, Estate
from benchmarks.estate.services import add_services, add_shared, add_teams
from benchmarks.estate.site import add_site

SEED = 20_240_229
CIS_PER_RACK = 383
"""What a rack comes to with everything that runs in it; measured, and held by a test."""
RACKS_PER_SITE = 20


def generate(size: int, seed: int = SEED) -> Estate:
    """An estate of about `size` CIs (within 10 %), the same for the same size and seed."""
    builder = Builder(seed)
    racks = max(2, round(size / CIS_PER_RACK))
    teams = add_teams(builder, max(4, size // 2500))
    shared = add_shared(builder, teams)
    applications: list[int] = []
    for number, share in enumerate(_shares(racks, max(2, racks // RACKS_PER_SITE))):
        site = add_site(builder, number, share)
        machines = add_racks(builder, site, shared)
        applications += add_applications(builder, site, machines, shared, teams, applications)
    add_services(builder, applications, teams)
    return builder.built()


def _shares(racks: int, sites: int) -> list[int]:
    """How many racks each site has: a few sites hold most of them."""
    weights = [1 / rank for rank in range(1, sites + 1)]
    whole = sum(weights)
    shares = [max(1, int(racks * weight / whole)) for weight in weights]
    shares[0] += max(0, racks - sum(shares))
    return shares
