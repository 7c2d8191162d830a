// What was brought in whole, and at which revision: a file that comes again need not be read again.
CREATE CONSTRAINT cmdb_receipt_key IF NOT EXISTS FOR (r:CmdbReceipt) REQUIRE r.key IS UNIQUE;
