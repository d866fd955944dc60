-- The secret of the contact-sync assistant (通讯录同步), where one is given; encrypted.
ALTER TABLE corps ADD COLUMN contact_secret BYTEA;

-- What WeCom's console knows of our callback addresses. kind: 0 the app, 1 the contact-sync assistant.
-- token and aes_key are encrypted.
CREATE TABLE callback_receivers (
  corp_id BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  token BYTEA NOT NULL,
  aes_key BYTEA NOT NULL,
  created_at_ms BIGINT NOT NULL,
  verified_at_ms BIGINT,
  PRIMARY KEY (corp_id, kind)
);

-- Events as WeCom told them, committed before they are answered. digest: of the plaintext, since repeated
-- deliveries differ in everything else. thing: what the event is about ('' = nothing we mirror).
CREATE TABLE callback_events (
  corp_id BIGINT NOT NULL,
  event_no BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  kind BIGINT NOT NULL,
  thing TEXT NOT NULL,
  plaintext TEXT NOT NULL,
  received_at_ms BIGINT NOT NULL,
  done_at_ms BIGINT,
  PRIMARY KEY (corp_id, event_no)
);
CREATE UNIQUE INDEX callback_events_digest ON callback_events (corp_id, digest);
CREATE INDEX callback_events_thing ON callback_events (corp_id, thing, received_at_ms);
CREATE INDEX callback_events_open ON callback_events (corp_id, event_no) WHERE done_at_ms IS NULL;

-- How many events of each name came; repeated deliveries are not counted.
CREATE TABLE callback_counts (
  corp_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  n_received BIGINT NOT NULL,
  last_received_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, name)
);

-- Things to be read from WeCom anew at due_at_ms, and once more at again_at_ms when that is after the
-- reading began.
CREATE TABLE mirror_refreshes (
  corp_id BIGINT NOT NULL,
  thing TEXT NOT NULL,
  due_at_ms BIGINT NOT NULL,
  again_at_ms BIGINT NOT NULL,
  n_attempts BIGINT NOT NULL,
  problem TEXT,
  PRIMARY KEY (corp_id, thing)
);
CREATE INDEX mirror_refreshes_due ON mirror_refreshes (corp_id, due_at_ms);

-- People outside, as any of the staff sees them.
CREATE TABLE customers (
  corp_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  external_user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  kind BIGINT NOT NULL,
  gender BIGINT NOT NULL,
  avatar_url TEXT NOT NULL,
  union_id TEXT NOT NULL,
  position TEXT NOT NULL,
  corp_name TEXT NOT NULL,
  corp_full_name TEXT NOT NULL,
  PRIMARY KEY (corp_id, customer_id)
);
CREATE UNIQUE INDEX customers_external_user_id ON customers (corp_id, external_user_id);

-- What one member of staff knows of one customer. state: see scrm::customers::RelationState. tags_unknown:
-- ids of tags that are not in the library (a JSON list), as those of rule groups are.
CREATE TABLE customer_relations (
  corp_id BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  state BIGINT NOT NULL,
  added_at_ms BIGINT NOT NULL,
  ended_at_ms BIGINT,
  remark TEXT NOT NULL,
  description TEXT NOT NULL,
  remark_corp_name TEXT NOT NULL,
  remark_mobiles TEXT NOT NULL,
  add_way BIGINT NOT NULL,
  added_by TEXT NOT NULL,
  channel TEXT NOT NULL,
  tags_unknown TEXT NOT NULL,
  PRIMARY KEY (corp_id, staff_id, customer_id)
);
CREATE INDEX customer_relations_customer ON customer_relations (corp_id, customer_id);

-- WeCom's tags on relations.
CREATE TABLE customer_taggings (
  corp_id BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  tag_id BIGINT NOT NULL,
  PRIMARY KEY (corp_id, staff_id, customer_id, tag_id)
);
CREATE INDEX customer_taggings_tag ON customer_taggings (corp_id, tag_id, customer_id);

-- Where a run stands, so that another process can go on: position is sync::Position as JSON; rate_per_min
-- and ms_left are of the part under way, 0 and NULL while they are not known.
ALTER TABLE sync_runs ADD COLUMN position TEXT NOT NULL DEFAULT '';
ALTER TABLE sync_runs ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sync_runs ADD COLUMN n_resumed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sync_runs ADD COLUMN rate_per_min BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sync_runs ADD COLUMN ms_left BIGINT;
