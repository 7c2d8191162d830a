"""What the API needs from the rest of the program, handed in by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.api.past import PastServices
from cmdb.graph.store import GraphStore
from cmdb.inventory.engine import InventoryEngine
from cmdb.kernel.clock import Clock
from cmdb.kernel.ids import IdSource
from cmdb.model.types import Model
from cmdb.processes.change.before_and_after import BeforeAndAfter
from cmdb.processes.change.risk import RiskAnalysis
from cmdb.processes.change.schedule import Schedule
from cmdb.processes.configuration.differences import Differences
from cmdb.processes.configuration.impact import ImpactAnalysis
from cmdb.processes.configuration.imports import InventoryImports
from cmdb.processes.configuration.items import ConfigurationItems
from cmdb.processes.configuration.region_records import RegionRecords
from cmdb.processes.configuration.what_if import RedundancyAnalysis
from cmdb.processes.problem.root_cause import RootCauseAnalysis
from cmdb.records.engine import RecordEngine
from cmdb.topology.extent import Topologies


@dataclass(frozen=True, slots=True)
class Services:
    """The wired parts, shared by all requests."""

    model: Model
    store: GraphStore
    items: ConfigurationItems
    records: RecordEngine
    inventory: InventoryEngine
    imports: InventoryImports
    topologies: Topologies
    impact: ImpactAnalysis
    root_cause: RootCauseAnalysis
    redundancy: RedundancyAnalysis
    region_records: RegionRecords
    before_and_after: BeforeAndAfter
    schedule: Schedule
    change_risk: RiskAnalysis
    past: PastServices
    differences: Differences
    clock: Clock
    ids: IdSource
