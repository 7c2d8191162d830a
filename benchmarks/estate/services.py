"""What people use, who answers for it, and what everything else leans on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.estate.estate import Builder

APPLICATIONS_PER_TECHNICAL_SERVICE = 5
TECHNICAL_PER_BUSINESS_SERVICE = 4


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the organisation."""

    position: int


@dataclass(frozen=True, slots=True)
class Shared:
    """Services that the whole estate leans on; of a pair one is enough."""

    names: tuple[int, int]
    directories: tuple[int, int]
    monitoring: int


def add_teams(builder: Builder, count: int) -> list[Team]:
    """The teams."""
    return [
        Team(builder.add("Team", f"team{number:04d}", email=f"team{number:04d}@example.net"))
        for number in range(count)
    ]


def add_shared(builder: Builder, teams: Sequence[Team]) -> Shared:
    """Name service, directory and monitoring."""
    made = [
        builder.add("TechnicalService", name, criticality="critical")
        for name in ("names-a", "names-b", "directory-a", "directory-b", "monitoring")
    ]
    for service in made:
        builder.relate("SUPPORTED_BY", service, teams[0].position)
    return Shared((made[0], made[1]), (made[2], made[3]), made[4])


def add_services(builder: Builder, applications: Sequence[int], teams: Sequence[Team]) -> None:
    """Technical services over applications, business services over these."""
    technical = []
    for number in range(max(1, len(applications) // APPLICATIONS_PER_TECHNICAL_SERVICE)):
        service = builder.add("TechnicalService", f"technical{number:05d}", criticality="high")
        first = number * APPLICATIONS_PER_TECHNICAL_SERVICE
        for application in applications[first : first + APPLICATIONS_PER_TECHNICAL_SERVICE]:
            builder.relate("DEPENDS_ON", service, application)
        builder.relate("SUPPORTED_BY", service, builder.random.choice(teams).position)
        technical.append(service)
    for number in range(max(1, len(technical) // TECHNICAL_PER_BUSINESS_SERVICE)):
        service = builder.add(
            "BusinessService",
            f"business{number:05d}",
            users_affected=int(10 * builder.random.paretovariate(1.2)),
            cost_per_hour=round(100 * builder.random.paretovariate(1.5), 2),
        )
        for _ in range(builder.random.randint(2, TECHNICAL_PER_BUSINESS_SERVICE + 2)):
            builder.relate("DEPENDS_ON", service, builder.random.choice(technical))
        builder.relate("OWNED_BY", service, builder.random.choice(teams).position)
