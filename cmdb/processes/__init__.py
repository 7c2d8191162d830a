"""The service management processes; none of them imports another."""

from cmdb.processes.change.behaviour import change_behaviour
from cmdb.processes.event.behaviour import event_behaviour
from cmdb.processes.incident.behaviour import incident_behaviour
from cmdb.processes.knowledge.behaviour import knowledge_behaviour
from cmdb.processes.problem.behaviour import problem_behaviour
from cmdb.processes.release.behaviour import release_behaviour
from cmdb.records.behaviour import Behaviour, merged
from cmdb.records.common import common_behaviour


def process_behaviour() -> Behaviour:
    """The behaviour of all processes, for the record engine."""
    return merged(
        [
            common_behaviour(),
            event_behaviour(),
            incident_behaviour(),
            problem_behaviour(),
            knowledge_behaviour(),
            change_behaviour(),
            release_behaviour(),
        ]
    )
