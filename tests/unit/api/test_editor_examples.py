"""The values that the query editor puts beside the example operations."""

import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse
from graphql.execution.values import get_variable_values

from cmdb.api.limits import Limits
from cmdb.api.schema import build_schema as api_schema
from cmdb.model.load import load_model

ROOT = Path(__file__).parents[3]
VARIABLES = sorted((ROOT / "web" / "graphiql" / "src" / "variables").glob("*.json"))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The API's schema of the project's own model."""
    return build_schema(api_schema(load_model([]), Limits()).sdl())


def operation_of(variables: Path) -> OperationDefinitionNode:
    """The operation that the values are for."""
    document = parse((ROOT / "graphql" / "operations" / f"{variables.stem}.graphql").read_text())
    [operation] = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    return operation


@pytest.mark.parametrize("variables", VARIABLES, ids=lambda path: path.stem)
def test_the_api_takes_the_values(schema: GraphQLSchema, variables: Path) -> None:
    """Every value has the type its variable asks for, and no variable that needs one is left out."""
    declared = operation_of(variables).variable_definitions or ()
    outcome = get_variable_values(schema, declared, json.loads(variables.read_text()))

    assert not isinstance(outcome, list), outcome


@pytest.mark.parametrize("variables", VARIABLES, ids=lambda path: path.stem)
def test_no_value_is_for_a_variable_that_is_not_there(variables: Path) -> None:
    """What a person sees in the editor has an effect."""
    declared = operation_of(variables).variable_definitions or ()

    assert json.loads(variables.read_text()).keys() <= {d.variable.name.value for d in declared}


def test_there_are_values() -> None:
    """The editor finds files to read."""
    assert VARIABLES
