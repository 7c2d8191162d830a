"""The store's view of the model: labels, properties and link types."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from cmdb.graph.schema import GraphSchema, LabelSchema, LinkTypeSchema, PropertySchema
from cmdb.model.types import Attribute, Model


def graph_schema(model: Model) -> GraphSchema:
    """Every CI class and record type as a label, every relationship type and record link as a link type.

    The fingerprint is the SHA-256 of all of it, the same for equal models whatever the order of their files.
    """
    labels = {
        **{
            c.name: LabelSchema(c.name, c.ancestors, _properties(c.attributes), c.abstract)
            for c in model.classes.values()
        },
        **{r.name: LabelSchema(r.name, (), _properties(r.attributes)) for r in model.record_types.values()},
    }
    attributes_of = {
        **{kind.name: kind.attributes for kind in model.relationship_types.values()},
        **{kind.name: kind.attributes for kind in model.link_types.values()},
    }
    link_types = {name: LinkTypeSchema(name, _properties(own)) for name, own in attributes_of.items()}
    return GraphSchema(labels, link_types, _fingerprint(labels, link_types))


def _properties(attributes: Mapping[str, Attribute]) -> dict[str, PropertySchema]:
    return {
        name: PropertySchema(a.type, a.required, a.searchable, a.indexed) for name, a in attributes.items()
    }


def _fingerprint(labels: Mapping[str, LabelSchema], link_types: Mapping[str, LinkTypeSchema]) -> str:
    content = {
        "labels": {name: asdict(label) for name, label in labels.items()},
        "link_types": {name: asdict(kind) for name, kind in link_types.items()},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
