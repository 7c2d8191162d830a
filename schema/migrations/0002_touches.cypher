// Which revisions touched a node: every revision lists the nodes in short words, and finds itself by them. The index
// is brought in step after the commit, so that no commit waits for it, and each question waits for the index.
CREATE FULLTEXT INDEX cmdb_touches IF NOT EXISTS FOR (r:CmdbRevision) ON EACH [r.touches]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: true}};
