-- WeCom companies served by this installation. change_seq is the newest number in group_changes: taking
-- one locks the row until the commit that follows at once, so that numbers become visible in order.
CREATE TABLE corps (
  corp_id BIGINT NOT NULL,
  wecom_corp_id TEXT NOT NULL,
  name TEXT NOT NULL,
  agent_id BIGINT NOT NULL,
  wecom_secret BYTEA NOT NULL,
  time_zone TEXT NOT NULL,
  change_seq BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id)
);
CREATE UNIQUE INDEX corps_wecom_corp_id ON corps (wecom_corp_id);

-- Ids are handed out in blocks; next_value is the first one that is free.
CREATE TABLE counters (
  corp_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  next_value BIGINT NOT NULL,
  PRIMARY KEY (corp_id, name)
);

-- department_id is WeCom's own number.
CREATE TABLE departments (
  corp_id BIGINT NOT NULL,
  department_id BIGINT NOT NULL,
  parent_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  sort_order BIGINT NOT NULL,
  is_deleted BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, department_id)
);

-- user_id_folded: WeCom's user ids differ by case in spelling only. name_folded: what searches look into.
CREATE TABLE staff (
  corp_id BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  wecom_user_id TEXT NOT NULL,
  user_id_folded TEXT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  position TEXT NOT NULL,
  status BIGINT NOT NULL,
  can_contact BOOLEAN NOT NULL,
  is_readable BOOLEAN NOT NULL,
  is_deleted BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, staff_id)
);
CREATE UNIQUE INDEX staff_user_id ON staff (corp_id, user_id_folded);

-- place: the order in which WeCom lists a member's departments.
CREATE TABLE staff_departments (
  corp_id BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  place BIGINT NOT NULL,
  department_id BIGINT NOT NULL,
  is_leader BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, staff_id, place)
);
CREATE INDEX staff_departments_department ON staff_departments (corp_id, department_id);

-- WeCom's customer tags (shared by all staff), mirrored.
CREATE TABLE corp_tag_groups (
  corp_id BIGINT NOT NULL,
  tag_group_id BIGINT NOT NULL,
  wecom_id TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_order BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  is_deleted BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, tag_group_id)
);
CREATE UNIQUE INDEX corp_tag_groups_wecom_id ON corp_tag_groups (corp_id, wecom_id);
CREATE TABLE corp_tags (
  corp_id BIGINT NOT NULL,
  tag_id BIGINT NOT NULL,
  tag_group_id BIGINT NOT NULL,
  wecom_id TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_order BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  is_deleted BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, tag_id)
);
CREATE UNIQUE INDEX corp_tags_wecom_id ON corp_tags (corp_id, wecom_id);

-- raw_name is WeCom's, '' for an unnamed group; display_name is what people see; folded_name is searched.
CREATE TABLE customer_groups (
  corp_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  chat_id TEXT COLLATE "C" NOT NULL,
  owner_id BIGINT NOT NULL,
  raw_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  notice TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  owner_status BIGINT NOT NULL,
  is_dissolved BOOLEAN NOT NULL,
  n_members BIGINT NOT NULL,
  member_version TEXT NOT NULL,
  PRIMARY KEY (corp_id, group_id)
);
CREATE UNIQUE INDEX customer_groups_chat_id ON customer_groups (corp_id, chat_id);
CREATE INDEX customer_groups_listed ON customer_groups (corp_id, created_at_ms DESC, chat_id) WHERE NOT is_dissolved;
CREATE INDEX customer_groups_owner ON customer_groups (corp_id, owner_id, created_at_ms DESC, chat_id) WHERE NOT is_dissolved;

-- Which groups changed (or their tags) under which number of the corp's change sequence.
CREATE TABLE group_changes (
  corp_id BIGINT NOT NULL,
  change_seq BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  PRIMARY KEY (corp_id, change_seq, group_id)
);

-- member_no gives the order in which WeCom lists the members; it may have gaps.
CREATE TABLE group_members (
  corp_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  member_no BIGINT NOT NULL,
  wecom_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  name TEXT NOT NULL,
  group_nickname TEXT NOT NULL,
  union_id TEXT NOT NULL,
  invitor_id TEXT NOT NULL,
  join_scene BIGINT NOT NULL,
  join_state TEXT NOT NULL,
  joined_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, group_id, member_no)
);

-- Our own tags on groups; WeCom has none.
CREATE TABLE group_tag_groups (
  corp_id BIGINT NOT NULL,
  tag_group_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  PRIMARY KEY (corp_id, tag_group_id)
);
CREATE UNIQUE INDEX group_tag_groups_name ON group_tag_groups (corp_id, name_folded);
CREATE TABLE group_tags (
  corp_id BIGINT NOT NULL,
  tag_id BIGINT NOT NULL,
  tag_group_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  PRIMARY KEY (corp_id, tag_id)
);
CREATE UNIQUE INDEX group_tags_name ON group_tags (corp_id, tag_group_id, name_folded);
CREATE TABLE group_taggings (
  corp_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  tag_id BIGINT NOT NULL,
  PRIMARY KEY (corp_id, group_id, tag_id)
);
CREATE INDEX group_taggings_tag ON group_taggings (corp_id, tag_id, group_id);

-- Programs that call the open API. app_key is encrypted; acting_staff_id 0 = nobody.
CREATE TABLE api_apps (
  corp_id BIGINT NOT NULL,
  app_no BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  name TEXT NOT NULL,
  app_key BYTEA NOT NULL,
  is_enabled BOOLEAN NOT NULL,
  ip_allow_list TEXT NOT NULL,
  scopes TEXT NOT NULL,
  acting_staff_id BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, app_no)
);
CREATE UNIQUE INDEX api_apps_app_id ON api_apps (app_id);

-- mode: 0 mass-send assistant, 1 by hand. state: see scrm::sop::SopState.
CREATE TABLE sops (
  corp_id BIGINT NOT NULL,
  sop_id BIGINT NOT NULL,
  uuid BYTEA NOT NULL,
  title TEXT NOT NULL,
  instruction TEXT NOT NULL,
  mode BIGINT NOT NULL,
  state BIGINT NOT NULL,
  creator_id BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, sop_id)
);
CREATE UNIQUE INDEX sops_uuid ON sops (corp_id, uuid);

-- Either send_at_ms (a fixed time) or day_no with minute_of_day (the N-th day since joining).
CREATE TABLE sop_steps (
  corp_id BIGINT NOT NULL,
  sop_id BIGINT NOT NULL,
  step_no BIGINT NOT NULL,
  send_at_ms BIGINT,
  day_no BIGINT,
  minute_of_day BIGINT,
  content TEXT NOT NULL,
  PRIMARY KEY (corp_id, sop_id, step_no)
);
CREATE TABLE sop_groups (
  corp_id BIGINT NOT NULL,
  sop_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  joined_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, sop_id, group_id)
);

-- One message to one group. state: see scrm::sop::TaskState.
CREATE TABLE sop_tasks (
  corp_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  sop_id BIGINT NOT NULL,
  step_no BIGINT NOT NULL,
  occurrence BIGINT NOT NULL,
  uuid BYTEA NOT NULL,
  state BIGINT NOT NULL,
  due_at_ms BIGINT NOT NULL,
  batch_id BIGINT,
  reason TEXT,
  created_at_ms BIGINT NOT NULL,
  handed_at_ms BIGINT,
  finished_at_ms BIGINT,
  sent_at_ms BIGINT,
  PRIMARY KEY (corp_id, group_id, sop_id, step_no, occurrence)
);
CREATE UNIQUE INDEX sop_tasks_uuid ON sop_tasks (corp_id, uuid);
CREATE INDEX sop_tasks_due ON sop_tasks (corp_id, due_at_ms) WHERE state = 0;
CREATE INDEX sop_tasks_batch ON sop_tasks (corp_id, batch_id) WHERE batch_id IS NOT NULL;

-- One call to WeCom: a mass message to an owner's groups, or the notice of a manual task to its owner.
-- The row is committed before the call (outbox). state: see scrm::send::BatchState.
CREATE TABLE send_batches (
  corp_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  mode BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  content TEXT NOT NULL,
  digest BYTEA NOT NULL,
  page_token BYTEA NOT NULL,
  n_groups BIGINT NOT NULL,
  state BIGINT NOT NULL,
  due_at_ms BIGINT NOT NULL,
  deadline_at_ms BIGINT NOT NULL,
  next_at_ms BIGINT NOT NULL,
  leased_by TEXT,
  leased_until_ms BIGINT NOT NULL,
  n_attempts BIGINT NOT NULL,
  call_started_at_ms BIGINT,
  unknown_since_ms BIGINT,
  msgid TEXT,
  handed_at_ms BIGINT,
  complete_since_ms BIGINT,
  n_foreign_chats BIGINT NOT NULL,
  reason TEXT,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, batch_id)
);
CREATE INDEX send_batches_created ON send_batches (corp_id, created_at_ms);
CREATE INDEX send_batches_open ON send_batches (corp_id, next_at_ms) WHERE state < 4;
CREATE UNIQUE INDEX send_batches_one_unknown ON send_batches (corp_id, owner_id, digest) WHERE state = 1;
CREATE UNIQUE INDEX send_batches_msgid ON send_batches (corp_id, msgid) WHERE msgid IS NOT NULL;

-- Runs of the synchronisation with WeCom, newest last.
CREATE TABLE sync_runs (
  corp_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  state BIGINT NOT NULL,
  phase TEXT NOT NULL,
  n_done BIGINT NOT NULL,
  n_total BIGINT NOT NULL,
  report TEXT NOT NULL,
  started_at_ms BIGINT NOT NULL,
  finished_at_ms BIGINT,
  PRIMARY KEY (corp_id, run_id)
);

-- Who may do a piece of work alone, until when.
CREATE TABLE job_leases (
  name TEXT NOT NULL,
  holder TEXT NOT NULL,
  until_ms BIGINT NOT NULL,
  PRIMARY KEY (name)
);
