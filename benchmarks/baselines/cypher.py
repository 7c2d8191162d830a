"""Cypher through Neo4j's own driver: the affected set, rows of CIs by their ids, and both at once.

`WITH DISTINCT` before anything is read of the nodes lets the planner choose `VarLengthExpand(Pruning,BFS)`, which
visits each node once; of the other ways to write it (`RETURN DISTINCT` of the columns, quantified path patterns,
`ANY SHORTEST`) none is quicker on 5.26. Values are read as lists, the least that the driver makes of a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import neo4j
from neo4j import Driver, GraphDatabase, Query

from cmdb.store.neo4j.address import Neo4jAddress

FIELDS = ("id", "name", "status", "version", "label", "created_at", "updated_at")
"""The seven columns of a row."""
_FOUR = "n.id, n.name, n.label, n.status"
_SEVEN = ", ".join(f"n.{name}" for name in FIELDS)
_START = "MATCH (s:CmdbNode {id: $id})"
_STARTS = "UNWIND $ids AS id MATCH (s:CmdbNode {id: id})"
ROWS = f"UNWIND $ids AS id MATCH (n:CmdbNode {{id: id}}) RETURN {_SEVEN}"


def traversal(types: Sequence[str]) -> str:
    """Everything that depends on the CI `$id`, over relationships of these types, with four columns."""
    return f"{_START}<-[:{'|'.join(types)}*1..]-(n) WITH DISTINCT n RETURN {_FOUR}"


def search_with_rows(types: Sequence[str], crossed: Sequence[str]) -> str:
    """Everything that `search` finds, with the seven columns of a row."""
    return f"{search(types, crossed)} RETURN {_SEVEN}"


def search(types: Sequence[str], crossed: Sequence[str]) -> str:
    """Everything that depends on one of the CIs `$ids`, as `n`.

    `types` are followed against their direction and `crossed` along it, once: Cypher's pruning search knows one
    direction, and a path pattern with a predicate for each step enumerates paths. So it searches, crosses over, and
    searches on from what it had not found before.
    """
    against, along = "|".join(types), "|".join(crossed)
    return f"""{_STARTS}<-[:{against}*0..]-(a) WITH collect(DISTINCT a) AS near
    CALL (near) {{ UNWIND near AS a MATCH (a)-[:{along}]->(b) WHERE NOT b IN near RETURN collect(DISTINCT b) AS over }}
    CALL (over) {{ UNWIND over AS b MATCH (b)<-[:{against}*0..]-(c) RETURN collect(DISTINCT c) AS far }}
    UNWIND near + far AS n WITH DISTINCT n WHERE NOT n.id IN $ids"""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one database, again and again."""

    driver: Driver
    database: str

    def rows(self, statement: str, **values: object) -> list[list[object]]:
        """All rows of the answer."""
        with self.driver.session(database=self.database, default_access_mode=neo4j.READ_ACCESS) as session:
            found: list[list[object]] = session.run(Query(statement), values).values()
            return found

    def operators(self, statement: str, **values: object) -> list[str]:
        """The operators that the planner chose, from the answer down to the start."""
        with self.driver.session(database=self.database) as session:
            plan = session.run(Query(f"EXPLAIN {statement}"), values).consume().plan
        found = []
        while plan:
            found.append(str(plan["operatorType"]).partition("@")[0])
            children = plan.get("children", [])
            plan = children[0] if children else None
        return found


@contextmanager
def asker(address: Neo4jAddress) -> Iterator[Asker]:
    """An open driver."""
    auth = (address.user or "neo4j", address.password) if address.password else None
    # Types that the estate has none of would be warned about with every answer.
    with GraphDatabase.driver(address.uri, auth=auth, notifications_min_severity="OFF") as driver:
        yield Asker(driver, address.database)
