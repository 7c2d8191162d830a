// What the product keeps beside the graph. Each statement ends with a semicolon at the end of a line, and can be
// run again: a migration that was interrupted begins anew.

// Every CI and every record, whatever its class: found by its id.
CREATE CONSTRAINT cmdb_node_id IF NOT EXISTS FOR (n:CmdbNode) REQUIRE n.id IS UNIQUE;

// What identifies a CI: it belongs to one at most.
CREATE CONSTRAINT cmdb_identifier_value IF NOT EXISTS FOR (i:CmdbIdentifier) REQUIRE i.value IS UNIQUE;

// The ledger: one node a commit.
CREATE CONSTRAINT cmdb_revision_number IF NOT EXISTS FOR (r:CmdbRevision) REQUIRE r.number IS UNIQUE;
CREATE CONSTRAINT cmdb_revision_commit_id IF NOT EXISTS FOR (r:CmdbRevision) REQUIRE r.commit_id IS UNIQUE;
CREATE CONSTRAINT cmdb_request_id IF NOT EXISTS FOR (q:CmdbRequest) REQUIRE q.id IS UNIQUE;
CREATE CONSTRAINT cmdb_sequence_prefix IF NOT EXISTS FOR (s:CmdbSequence) REQUIRE s.prefix IS UNIQUE;

// The newest revision; commits pass it one after the other.
CREATE CONSTRAINT cmdb_head_name IF NOT EXISTS FOR (h:CmdbHead) REQUIRE h.name IS UNIQUE;
CREATE CONSTRAINT cmdb_model_name IF NOT EXISTS FOR (m:CmdbModel) REQUIRE m.name IS UNIQUE;
MERGE (h:CmdbHead {name: 'head'}) ON CREATE SET h.revision = 0, h.hash = '', h._lock = true;

// Searched texts are kept as words in small letters, so the analyzer only has to cut at blanks. The index is brought
// in step after the commit, and each search waits for it.
CREATE FULLTEXT INDEX cmdb_search IF NOT EXISTS FOR (n:CmdbNode) ON EACH [n._title, n._text]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: true}};
