"""Statements whose text never changes."""

from __future__ import annotations

from cmdb.store.neo4j.compile_rows import NODE
from cmdb.store.revision_rows import REVISION_FIELDS

# Statements that go by keys begin with `CYPHER replan=skip`: a plan made when the database was empty stays right when
# it is full.

# ------------------------------------------------------------------------------------------ reading
HEAD = "MATCH (h:CmdbHead {name: 'head'}) RETURN h.revision, h.hash, h.loading"

# What is asked for many keys at once answers each group of them with one list.
NODES_BY_ID = f"""CYPHER replan=skip
UNWIND $groups AS ids
CALL (ids) {{ UNWIND ids AS id MATCH (n:CmdbNode {{id: id}}) RETURN collect({NODE}) AS found }}
RETURN found
"""

# Only of nodes that were matched does the planner know, in a database that is still empty, that it can go from one
# to the other; else it plans to look at all links. The subqueries keep both ends from being paired. Where the index
# holds next to nothing, the planner takes reading all of it for as good as looking one node up, hence the hints.
STANDING_LINKS = """CYPHER replan=skip
UNWIND $groups AS rows
CALL (rows) {
  UNWIND rows AS row
  MATCH (a:CmdbNode {id: row[0]}) USING INDEX SEEK a:CmdbNode(id)
  CALL (row, a) {
    UNWIND row[1] AS link
    CALL (a, link) {
      MATCH (b:CmdbNode {id: link[0]}) USING INDEX SEEK b:CmdbNode(id)
      MATCH (a)-[r]->(b) WHERE type(r) = link[1]
      RETURN properties(r) AS own
    }
    RETURN link[2] AS place, own
  }
  RETURN collect([place, own]) AS found
}
RETURN found
"""

HOLDERS = """CYPHER replan=skip
UNWIND $groups AS texts
CALL (texts) {
  UNWIND texts AS text MATCH (i:CmdbIdentifier {value: text}) RETURN collect([text, i.holder]) AS found
}
RETURN found
"""

EVIDENCE = """CYPHER replan=skip
UNWIND $groups AS ids
CALL (ids) {
  UNWIND ids AS id MATCH (n:CmdbNode {id: id}) RETURN collect([id, n._stamps, n._seen, n._claims]) AS found
}
RETURN found
"""

_REVISION = ", ".join(f"r.{name}" for name in REVISION_FIELDS)

REVISIONS = f"""
MATCH (r:CmdbRevision) WHERE r.number > $after AND r.number <= $last
RETURN {_REVISION} ORDER BY r.number LIMIT $first
"""

TOUCHING = """
CALL db.index.fulltext.queryNodes('cmdb_touches', $word) YIELD node AS r
WHERE r.number > $after RETURN r.number ORDER BY r.number
"""

REVISIONS_NUMBERED = f"""
UNWIND $numbers AS number MATCH (r:CmdbRevision {{number: number}}) RETURN {_REVISION} ORDER BY r.number
"""

TOUCHES_AFTER = """
MATCH (r:CmdbRevision) WHERE r.number > $after
RETURN r.number, r.nodes, r.links ORDER BY r.number LIMIT $first
"""

NODES_AFTER = f"MATCH (n:CmdbNode) WHERE n.id > $after RETURN {NODE} ORDER BY n.id LIMIT $first"

LINKS_AFTER = """
MATCH (a:CmdbNode) WHERE a.id > $after
WITH a ORDER BY a.id LIMIT $first
RETURN a.id, COLLECT {
  MATCH (a)-[r]->(b:CmdbNode) RETURN [type(r), b.id, properties(r)] ORDER BY type(r), b.id
}
"""

STRUCTURE_NODES = """
MATCH (n:CmdbNode) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $first
RETURN collect(n.id), collect(n.label), collect(coalesce(n.status, ''))
"""

STRUCTURE_LINKS = """
MATCH (a:CmdbNode) WHERE a.id > $after
WITH a ORDER BY a.id LIMIT $first
MATCH (a)-[r]->(b:CmdbNode)
RETURN collect(a.id), collect(type(r)), collect(b.id), collect(properties(r))
"""

AWAIT_SEARCH = "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()"

SEARCH = f"""
CALL db.index.fulltext.queryNodes('cmdb_search', $question) YIELD node AS n, score
WHERE n.label IN $labels
  AND all(phrase IN $phrases WHERE n._title CONTAINS phrase OR n._text CONTAINS phrase)
RETURN {NODE}, score ORDER BY score DESC, n.id LIMIT $first
"""

# ------------------------------------------------------------------------------------------ locking
# Setting a property to the value it has, or removing it where it is not, takes the node's lock and writes nothing.
# The head carries `_lock` for good: a name that no node carries would not even be looked for.
LOCK_HEAD = "CYPHER replan=skip MATCH (h:CmdbHead {name: 'head'}) SET h._lock = true RETURN h.revision, h.hash, h.loading"

LOCK_NODES = """CYPHER replan=skip
UNWIND $groups AS rows
CALL (rows) {
  UNWIND rows AS row
  MATCH (n:CmdbNode {id: row.id})
  REMOVE n._lock
  RETURN collect([row.id, CASE row.part WHEN 'all' THEN properties(n) ELSE n{._seen} END]) AS found
}
RETURN found
"""

# ------------------------------------------------------------------------------------------ writing
# Labels and types that are values come from the schema, whose names are checked (`compile_names`).
CREATE_NODES = """CYPHER replan=skip
UNWIND $rows AS row
CREATE (n:$(row[0])) SET n = row[1]
WITH row
UNWIND coalesce(row[2], row[1]._claims, []) AS text
CREATE (:CmdbIdentifier {value: text, holder: row[1].id})
"""

# The ends of links as a list of nodes in the order of `$ends`, each wrapped in a list that is empty of a node, not
# shorter, where there is none; and the places of those that are missing.
_ENDS = """
UNWIND range(0, size($ends) - 1) AS place
OPTIONAL MATCH (n:CmdbNode {id: $ends[place]})
WITH place, n ORDER BY place
WITH collect([n]) AS nodes, collect(CASE WHEN n IS NULL THEN place END) AS missing
"""

# Setting no properties takes as long as making the link.
CREATE_LINKS = f"""CYPHER replan=skip
{_ENDS}
CALL (nodes) {{
  UNWIND $plain AS link
  WITH link, nodes[link[0]][0] AS a, nodes[link[1]][0] AS b
  WHERE a IS NOT NULL AND b IS NOT NULL
  CREATE (a)-[:$(link[2])]->(b)
}}
CALL (nodes) {{
  UNWIND $told AS link
  WITH link, nodes[link[0]][0] AS a, nodes[link[1]][0] AS b
  WHERE a IS NOT NULL AND b IS NOT NULL
  CREATE (a)-[r:$(link[2])]->(b) SET r = link[3]
}}
RETURN missing
"""

UPDATE_NODES = "CYPHER replan=skip UNWIND $rows AS row MATCH (n:CmdbNode {id: row.id}) SET n += row.set"

DELETE_NODES = "UNWIND $ids AS id MATCH (n:CmdbNode {id: id}) DETACH DELETE n"

LINKS_OF_NODES = """
UNWIND $ids AS id
MATCH (n:CmdbNode {id: id})-[r]-(:CmdbNode)
RETURN DISTINCT type(r), startNode(r).id, endNode(r).id, properties(r)
"""

CREATE_IDENTIFIERS = (
    "CYPHER replan=skip UNWIND $rows AS row CREATE (i:CmdbIdentifier {value: row.value, holder: row.holder})"
)

MOVE_IDENTIFIERS = """
UNWIND $rows AS row MATCH (i:CmdbIdentifier {value: row.value}) SET i.holder = row.holder
"""

DELETE_IDENTIFIERS = "UNWIND $values AS value MATCH (i:CmdbIdentifier {value: value}) DELETE i"

TAKE_NUMBERS = """
MERGE (s:CmdbSequence {prefix: $prefix})
ON CREATE SET s.last = $many
ON MATCH SET s.last = s.last + $many
RETURN s.last
"""

REQUEST = "CYPHER replan=skip MATCH (q:CmdbRequest {id: $id}) RETURN q.revision, q.at, q.created, q.numbers"

REMEMBER_REQUEST = """CYPHER replan=skip
CREATE (q:CmdbRequest {id: $id, revision: $revision, at: $at, created: $created, numbers: $numbers})
"""

SET_TOUCHES = "UNWIND $rows AS row MATCH (r:CmdbRevision {number: row.number}) SET r.touches = row.touches"

COMMITTED = "MATCH (r:CmdbRevision {commit_id: $commit_id}) RETURN r.number"

APPEND_REVISION = """CYPHER replan=skip
MATCH (h:CmdbHead {name: 'head'})
SET h.revision = $revision.number, h.hash = $revision.hash
CREATE (r:CmdbRevision) SET r = $revision
"""

EXISTING = "CYPHER replan=skip UNWIND $ids AS id MATCH (n:CmdbNode {id: id}) RETURN n.id"

RECEIPT = "MATCH (r:CmdbReceipt {key: $key}) RETURN r.revision, r.hash, r.content"

KEEP_RECEIPT = """
MERGE (r:CmdbReceipt {key: $key}) SET r.revision = $revision, r.hash = $hash, r.content = $content
"""

DROP_OLD_RECEIPTS = """
MATCH (r:CmdbReceipt) WHERE r.key >= '' WITH r ORDER BY r.revision DESC, r.key SKIP $kept DELETE r
"""
