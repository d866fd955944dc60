-- Calls that came to the open API, the newest of each company; never a body, a sign or a key.
-- call_no: without gaps, so that the number alone says which are too many. code: of the contract, 0 = carried out.
-- reason: why a call was refused, '' = it was not.
CREATE TABLE api_calls (
  corp_id INTEGER NOT NULL,
  call_no INTEGER NOT NULL,
  app_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  path TEXT NOT NULL,
  path_folded TEXT NOT NULL,
  code INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  address TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (corp_id, call_no)
) STRICT, WITHOUT ROWID;
