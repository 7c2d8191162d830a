"""The values that the query editor puts beside the example operations."""

import json
from pathlib import Path

import pytest
from graphql import NonNullTypeNode, OperationDefinitionNode, parse

ROOT = Path(__file__).parents[3]
VARIABLES = sorted((ROOT / "web" / "graphiql" / "src" / "variables").glob("*.json"))


def operation_of(variables: Path) -> OperationDefinitionNode:
    """The operation that the values are for."""
    document = parse((ROOT / "graphql" / "operations" / f"{variables.stem}.graphql").read_text())
    [operation] = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    return operation


@pytest.mark.parametrize("variables", VARIABLES, ids=lambda path: path.stem)
def test_values_are_for_variables_that_the_operation_has(variables: Path) -> None:
    """No value is given that the operation does not take, and none is left out that it must have."""
    declared = operation_of(variables).variable_definitions or ()
    names = {definition.variable.name.value for definition in declared}
    needed = {
        definition.variable.name.value
        for definition in declared
        if isinstance(definition.type, NonNullTypeNode) and definition.default_value is None
    }
    given = json.loads(variables.read_text()).keys()

    assert needed <= given <= names


def test_there_are_values() -> None:
    """The editor finds files to read."""
    assert VARIABLES
