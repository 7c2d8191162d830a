"""Which CI explains these symptoms?"""

from __future__ import annotations

from cmdb.analysis.root_cause_types import RootCauseRequest, RootCauseResult
from cmdb.model.types import RootCausePolicy
from cmdb.topology.topology import Topology


def root_cause(topology: Topology, request: RootCauseRequest, policy: RootCausePolicy) -> RootCauseResult:
    """Rank the CIs upstream of the symptoms by how well they explain them.

    Raises:
        NodeNotFoundError: a symptom is no CI.
    """
    raise NotImplementedError
