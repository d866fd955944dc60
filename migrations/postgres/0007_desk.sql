-- The staff's own pages (/h5): sessions of whom WeCom named.
CREATE TABLE desk_sessions (
  corp_id BIGINT NOT NULL,
  token_digest BYTEA NOT NULL,
  staff_id BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  ends_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, token_digest)
);
CREATE INDEX desk_sessions_end ON desk_sessions (corp_id, ends_at_ms);

-- An owner's messages to send by hand, newest last.
CREATE INDEX send_batches_by_hand ON send_batches (corp_id, owner_id, created_at_ms) WHERE mode = 1 AND kind = 0;
