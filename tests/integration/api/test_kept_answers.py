"""What is kept of nodes between answers never shows in one: each is as if every field had been completed anew."""

from __future__ import annotations

from pathlib import Path
from random import Random

from cmdb.api.execution import GraphQLRunner, Operation
from cmdb.api.limits import Limits
from cmdb.api.schema import build_schema
from tests.office import TESTER, open_office

SELECTIONS = (
    "id name class status version",
    "version status",
    "name: id id: name",
    "__typename name ... on Server { purchaseOrder version } ... on ConfigurationItem { class }",
    "attributes tags: name relationships(first: 2) { nodes { type other { id version } } }",
    "id name @skip(if: $brief) version @include(if: $brief)",
)
DOCUMENT = """query($of: [ImpactStart!]!, $first: Int!, $after: String, $brief: Boolean!) {{
  impact(of: $of) {{
    starts {{ state ci {{ {0} }} }}
    affected(first: $first, after: $after) {{ endCursor nodes {{ distance @skip(if: $brief) state ci {{ {0} }} {1} }} }}
  }}
  configurationItems(first: 50) {{ nodes {{ {0} }} }}
}}"""
PATHS = ("", "path { nodes { name } steps { verb ci { id status } } }")
UPDATE = """mutation($id: ID!, $name: String!) {
  updateConfigurationItem(id: $id, input: {attributes: {name: $name}}) { id name version }
}"""


async def test_answers_are_those_of_the_ordinary_execution_while_nodes_change(tmp_path: Path) -> None:
    """120 questions of varied selections, with a change now and then, answered as without batching."""
    random = Random(5)
    async with open_office(str(tmp_path / "office.db")) as office:
        services = office.application.services
        ordinary = GraphQLRunner(build_schema(services.model, Limits(), batching=False), services)
        found = await office.data("{ configurationItems(first: 100) { nodes { id } } }")
        ids = [node["id"] for node in found["configurationItems"]["nodes"]]
        for number in range(120):
            if random.random() < 0.2:
                await office.data(UPDATE, {"id": random.choice(ids), "name": f"changed {number}"})
            document = DOCUMENT.format(random.choice(SELECTIONS), random.choice(PATHS))
            variables = {
                "of": [{"id": each} for each in random.sample(ids, random.randint(1, 3))],
                "first": random.choice((1, 7, 50)),
                "brief": random.random() < 0.5,
            }
            expected = await ordinary.run(Operation(document, variables), TESTER, "request-1")
            assert {"data": await office.data(document, variables)} == dict(expected.body), document
