"""The store's view of the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.graph.from_model import graph_schema
from cmdb.graph.schema import LabelSchema, LinkTypeSchema, PropertySchema
from cmdb.kernel.values import ValueType
from cmdb.model.load import load_model
from cmdb.model.types import Model


@pytest.fixture(scope="module")
def model() -> Model:
    """The model as it ships."""
    return load_model()


def test_every_class_and_record_type_is_a_label(model: Model) -> None:
    """Classes keep their ancestors; record types have none."""
    labels = graph_schema(model).labels

    assert {*model.classes, *model.record_types} == set(labels)
    assert ("Computer", "Host", "ConfigurationItem") == labels["Server"].ancestors
    assert labels["ConfigurationItem"].abstract
    assert not labels["Host"].abstract
    assert () == labels["Incident"].ancestors


def test_a_label_has_the_properties_of_its_class(model: Model) -> None:
    """A property keeps its type and how it is asked for."""
    properties = graph_schema(model).labels["Server"].properties

    assert list(model.classes["Server"].attributes) == list(properties)
    assert (
        PropertySchema(ValueType.STRING, required=True, searchable=True, indexed=True) == properties["name"]
    )
    assert PropertySchema(ValueType.INTEGER) == properties["cpu_count"]


def test_relationship_types_and_links_are_link_types(model: Model) -> None:
    """Each with the properties that one of them may have."""
    link_types = graph_schema(model).link_types

    assert {*model.relationship_types, *model.link_types} == set(link_types)
    assert LinkTypeSchema("CONNECTED_TO", {}) == link_types["CONNECTED_TO"]
    assert {"strength", "redundancy_group", "redundancy_needed"} == set(link_types["RUNS_ON"].properties)
    assert {"basis"} == set(link_types["AFFECTS"].properties)


def test_the_fingerprint_is_that_of_the_content(model: Model, tmp_path: Path) -> None:
    """Equal models have equal fingerprints; one class more makes another."""
    folder = tmp_path / "classes"
    folder.mkdir()
    (folder / "a.yaml").write_text("- {class: Lathe, parent: Host, description: Turns metal.}\n")

    assert graph_schema(load_model()).fingerprint == graph_schema(model).fingerprint
    assert graph_schema(load_model([tmp_path])).fingerprint != graph_schema(model).fingerprint


def test_labels_are_frozen_values(model: Model) -> None:
    """Two readings of one model give equal schemas."""
    assert isinstance(graph_schema(model).labels["Host"], LabelSchema)
    assert graph_schema(load_model()) == graph_schema(model)
