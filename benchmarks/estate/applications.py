"""Applications in tiers: a balanced address, web servers, application servers, a database with its copies."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from benchmarks.estate.compute import Machine
from benchmarks.estate.estate import Builder
from benchmarks.estate.services import Shared, Team
from benchmarks.estate.site import SitePlace

PEERS_PER_SERVER = 3
"""A server talks to so many of the next tier at most."""
LARGEST_TIER = 24
FIRST_PORT = 10_000


def add_applications(
    builder: Builder,
    site: SitePlace,
    machines: Sequence[Machine],
    shared: Shared,
    teams: Sequence[Team],
    older: Sequence[int],
) -> list[int]:
    """Applications that take up all the machines of a site; `older` are those that they may depend on too."""
    left = iter(machines)
    made: list[int] = []
    while True:
        copies = builder.random.choice((2, 2, 3))
        width = 1 + builder.popular(LARGEST_TIER, 1.4)
        taken = list(islice(left, 2 * width + copies))
        if len(taken) < copies + 2:
            return made
        tiers = _split(taken, copies)
        name = f"{site.name}-app{len(made):05d}"
        address = _address(builder, f"{name}-address", builder.random.choice(site.balancers), len(made))
        application = _application(builder, name, tiers, address)
        _lean_on_others(builder, application, shared, [*older, *made])
        team = builder.random.choice(teams)
        builder.relate("OWNED_BY", application, team.position)
        builder.relate("SUPPORTED_BY", application, team.position)
        made.append(application)


def _split(taken: list[Machine], copies: int) -> tuple[list[Machine], list[Machine], list[Machine]]:
    rest = taken[copies:]
    middle = (len(rest) + 1) // 2
    return rest[:middle], rest[middle:], taken[:copies]


def _application(
    builder: Builder, name: str, tiers: tuple[list[Machine], list[Machine], list[Machine]], address: int
) -> int:
    web, middle, data = tiers
    copies = [_program(builder, "DatabaseServer", "PostgreSQL", 5432, machine) for machine in data]
    for copy in copies[1:]:
        builder.relate("REPLICA_OF", copy, copies[0])
    workers = [_program(builder, "ApplicationServer", "Tomcat", 8080, machine) for machine in middle]
    for worker in workers:
        for copy in copies:
            builder.relate("DEPENDS_ON", worker, copy, "database", str(len(copies) - 1))
    fronts = [_program(builder, "WebServer", "nginx", 443, machine) for machine in web]
    for place, front in enumerate(fronts):
        for step in range(min(PEERS_PER_SERVER, len(workers))):
            builder.relate("DEPENDS_ON", front, workers[(place + step) % len(workers)], "workers", "1")
    for front in fronts:
        builder.relate("DISTRIBUTES_TO", address, front)
    application = builder.add(
        "Application", name, criticality=builder.random.choice(("low", "medium", "high"))
    )
    builder.relate("DEPENDS_ON", application, address)
    return application


def _address(builder: Builder, name: str, balancer: int, number: int) -> int:
    """The balanced address of an application: a port of a load balancer."""
    address = builder.add("Endpoint", name, within=balancer, protocol="tcp", port=FIRST_PORT + number)
    builder.relate("LISTENS_ON", address, balancer)
    return address


def _program(builder: Builder, kind: str, product: str, port: int, machine: Machine) -> int:
    """A program on a machine and the endpoint it answers at."""
    program = builder.add(
        kind, f"{product.lower()}@{machine.name}", within=machine.position, product=product, port=port
    )
    builder.relate("RUNS_ON", program, machine.position)
    endpoint = builder.add("Endpoint", f"tcp/{port}", within=machine.position, protocol="tcp", port=port)
    builder.relate("LISTENS_ON", endpoint, machine.position)
    builder.relate("ANSWERS_AT", program, endpoint)
    return program


def _lean_on_others(builder: Builder, application: int, shared: Shared, known: Sequence[int]) -> None:
    """Names and sign-in for everybody, and a few applications that many lean on."""
    for group, pair in (("names", shared.names), ("sign-in", shared.directories)):
        for service in pair:
            builder.relate("DEPENDS_ON", application, service, group, "1")
    for _ in range(min(len(known), builder.random.choice((0, 1, 1, 2, 3)))):
        other = known[builder.popular(len(known), 0.5)]
        if builder.random.random() < 0.4:
            builder.relate("DEPENDS_ON", application, other)
        else:
            builder.relate_softly("DEPENDS_ON", application, other)
