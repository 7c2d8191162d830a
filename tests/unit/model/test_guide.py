"""The guide's page about the model, and its example, are so."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.model import read_attributes, read_classes, read_policies, read_records, read_relationships
from cmdb.model.load import load_model
from cmdb.model.types import End, ImpactMeaning, Strength

ROOT = Path(__file__).resolve().parents[3]
KEYS = {
    *read_classes.KEYS,
    *read_classes.EXTENSION_KEYS,
    *read_classes.RULE_KEYS,
    *read_attributes.KEYS,
    *read_relationships.KEYS,
    *read_relationships.LINK_KEYS,
    *read_relationships.IMPACT_KEYS,
    *read_records.KEYS,
    *read_records.NUMBER_KEYS,
    *read_records.LIFECYCLE_KEYS,
    *read_records.STATE_KEYS,
    *read_records.ACTION_KEYS,
    *read_policies.RECONCILIATION_KEYS,
    *read_policies.ROOT_CAUSE_KEYS,
}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_the_guide_explains_every_key(key: str) -> None:
    """A key that the reader knows stands in the guide."""
    assert f"`{key}`" in (ROOT / "docs" / "guide" / "model.md").read_text()


def test_the_example_folder_adds_classes_and_relationships() -> None:
    """It is a model as it stands."""
    model = load_model([ROOT / "examples" / "own-classes"])

    assert {"Lathe", "PanelSaw"} <= set(model.with_subclasses("Host"))
    assert "Host" == model.classes["Lathe"].identity_class
    assert "insurance_number" in model.classes["Router"].attributes
    assert ImpactMeaning(End.TARGET, Strength.HARD) == model.relationship_types["WORKS_IN"].impact
    assert ("ProductionLine", "Application") in model.relationship_types["DEPENDS_ON"].ends
    assert ("inspector", "manual") == model.policies.reconciliation.by_attribute["Lathe.inspection_due"]
