"""Changes, modifications and windows made in the office through the API."""

from __future__ import annotations

from tests.office import Office

PRINTERS = tuple(f"prn-{name}.office.example" for name in ("office", "accounting", "warehouse"))
ROUTER = "rtr-print.office.example"
CORE = "rtr-core.office.example"

_CREATE = "mutation($input: Create%sInput!) { create%s(input: $input) { id number } }"


async def make(office: Office, record: str, **values: object) -> str:
    """The number of a record with a title."""
    made = await office.data(_CREATE % (record, record), {"input": {"title": "A title", **values}})
    return str(made[f"create{record}"]["number"])


async def make_change(office: Office, *touches: str, **values: object) -> str:
    """The number of a change that touches the CIs of these names."""
    return await make(office, "Change", touches=[await office.id_of(name) for name in touches], **values)


def window(day: int, hour: int, hours: int = 1) -> dict[str, object]:
    """A planned window in March 2030."""
    return {
        "plannedStart": f"2030-03-{day:02}T{hour:02}:00:00Z",
        "plannedEnd": f"2030-03-{day:02}T{hour + hours:02}:00:00Z",
    }


async def modify(office: Office, change: str, kind: str, **values: object) -> str:
    """The number of a modification of a change."""
    found = await office.data("query($id: ID!) { change(id: $id) { id } }", {"id": change})
    return await make(office, "Modification", kind=kind, partOf=[found["change"]["id"]], **values)


async def add_second_router(office: Office, change: str) -> None:
    """The modifications by which each printer gets a second uplink through a router of its own."""
    await modify(office, change, "add_ci", ci="second", ciClass="Router", title="rtr-print-2.office.example")
    uplinks = [
        ("second", await office.id_of(CORE)),
        *[(await office.id_of(name), "second") for name in PRINTERS],
    ]
    for source, target in uplinks:
        await modify(
            office,
            change,
            "add_relationship",
            relationshipType="REACHED_THROUGH",
            source=source,
            target=target,
        )


async def carry_out(office: Office, change: str, outcome: str) -> None:
    """Take an emergency change from draft to closed."""
    for action, values in (
        ("expedite", {"reason": "It must be"}),
        ("complete", {"outcome": outcome}),
        ("close", {"review": "Looked at"}),
    ):
        mutation = "mutation($id: ID!, $input: UpdateChangeInput) { %sChange(id: $id, input: $input) { id } }"
        await office.data(mutation % action, {"id": change, "input": values})
