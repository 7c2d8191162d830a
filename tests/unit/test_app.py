"""Settings from the environment: what they choose, and what is said of those that cannot be."""

from __future__ import annotations

import pytest

from cmdb.app import SettingInvalidError, Settings, Traversal
from cmdb.topology.keeper import TopologyKeeper


def test_traversal_is_in_memory_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole graph's structure is kept by the server process."""
    monkeypatch.delenv("CMDB_TRAVERSAL", raising=False)
    settings = Settings()

    assert Traversal.MEMORY is settings.traversal
    assert TopologyKeeper is settings.topologies


def test_traversal_by_the_store_is_chosen_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the limit beside it."""
    monkeypatch.setenv("CMDB_TRAVERSAL", "store")
    monkeypatch.setenv("CMDB_REGION_LIMIT", "500")
    settings = Settings()

    assert (Traversal.STORE, 500) == (settings.traversal, settings.region_limit)
    assert TopologyKeeper is not settings.topologies


def test_settings_that_cannot_be_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the names of their variables, with what they may be."""
    monkeypatch.setenv("CMDB_TRAVERSAL", "disk")
    monkeypatch.setenv("CMDB_REGION_LIMIT", "0")
    monkeypatch.setenv("CMDB_GRAPHQL_BATCHING", "perhaps")
    with pytest.raises(SettingInvalidError) as caught:
        Settings()

    assert "CMDB_TRAVERSAL is 'disk': input should be 'memory' or 'store'" in caught.value.message
    assert "CMDB_REGION_LIMIT is '0'" in caught.value.message
    assert "CMDB_GRAPHQL_BATCHING is 'perhaps'" in caught.value.message
