-- The staff's own pages (/h5): sessions of whom WeCom named.
CREATE TABLE desk_sessions (
  corp_id INTEGER NOT NULL,
  token_digest BLOB NOT NULL,
  staff_id INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, token_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_sessions_end ON desk_sessions (corp_id, ends_at_ms);

-- An owner's messages to send by hand, newest last.
CREATE INDEX send_batches_by_hand ON send_batches (corp_id, owner_id, created_at_ms) WHERE mode = 1 AND kind = 0;
