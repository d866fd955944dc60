-- WeCom companies served by this installation. change_seq is the newest number in group_changes: taking
-- one locks the row until the commit that follows at once, so that numbers become visible in order.
CREATE TABLE corps (
  corp_id INTEGER NOT NULL,
  wecom_corp_id TEXT NOT NULL,
  name TEXT NOT NULL,
  agent_id INTEGER NOT NULL,
  wecom_secret BLOB NOT NULL,
  time_zone TEXT NOT NULL,
  change_seq INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id)
) STRICT;
CREATE UNIQUE INDEX corps_wecom_corp_id ON corps (wecom_corp_id);

-- Ids are handed out in blocks; next_value is the first one that is free.
CREATE TABLE counters (
  corp_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  next_value INTEGER NOT NULL,
  PRIMARY KEY (corp_id, name)
) STRICT, WITHOUT ROWID;

-- department_id is WeCom's own number.
CREATE TABLE departments (
  corp_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  parent_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  sort_order INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  PRIMARY KEY (corp_id, department_id)
) STRICT, WITHOUT ROWID;

-- user_id_folded: WeCom's user ids differ by case in spelling only. name_folded: what searches look into.
CREATE TABLE staff (
  corp_id INTEGER NOT NULL,
  staff_id INTEGER NOT NULL,
  wecom_user_id TEXT NOT NULL,
  user_id_folded TEXT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  position TEXT NOT NULL,
  status INTEGER NOT NULL,
  can_contact INTEGER NOT NULL,
  is_readable INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  PRIMARY KEY (corp_id, staff_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX staff_user_id ON staff (corp_id, user_id_folded);

-- place: the order in which WeCom lists a member's departments.
CREATE TABLE staff_departments (
  corp_id INTEGER NOT NULL,
  staff_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  is_leader INTEGER NOT NULL,
  PRIMARY KEY (corp_id, staff_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_departments_department ON staff_departments (corp_id, department_id);

-- WeCom's customer tags (shared by all staff), mirrored.
CREATE TABLE corp_tag_groups (
  corp_id INTEGER NOT NULL,
  tag_group_id INTEGER NOT NULL,
  wecom_id TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_order INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  PRIMARY KEY (corp_id, tag_group_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX corp_tag_groups_wecom_id ON corp_tag_groups (corp_id, wecom_id);
CREATE TABLE corp_tags (
  corp_id INTEGER NOT NULL,
  tag_id INTEGER NOT NULL,
  tag_group_id INTEGER NOT NULL,
  wecom_id TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_order INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  PRIMARY KEY (corp_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX corp_tags_wecom_id ON corp_tags (corp_id, wecom_id);

-- raw_name is WeCom's, '' for an unnamed group; display_name is what people see; folded_name is searched.
CREATE TABLE customer_groups (
  corp_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  chat_id TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  raw_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  notice TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  owner_status INTEGER NOT NULL,
  is_dissolved INTEGER NOT NULL,
  n_members INTEGER NOT NULL,
  member_version TEXT NOT NULL,
  PRIMARY KEY (corp_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX customer_groups_chat_id ON customer_groups (corp_id, chat_id);
CREATE INDEX customer_groups_listed ON customer_groups (corp_id, created_at_ms DESC, chat_id) WHERE NOT is_dissolved;
CREATE INDEX customer_groups_owner ON customer_groups (corp_id, owner_id, created_at_ms DESC, chat_id) WHERE NOT is_dissolved;

-- Which groups changed (or their tags) under which number of the corp's change sequence.
CREATE TABLE group_changes (
  corp_id INTEGER NOT NULL,
  change_seq INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  PRIMARY KEY (corp_id, change_seq, group_id)
) STRICT, WITHOUT ROWID;

-- member_no gives the order in which WeCom lists the members; it may have gaps.
CREATE TABLE group_members (
  corp_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  member_no INTEGER NOT NULL,
  wecom_id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  group_nickname TEXT NOT NULL,
  union_id TEXT NOT NULL,
  invitor_id TEXT NOT NULL,
  join_scene INTEGER NOT NULL,
  join_state TEXT NOT NULL,
  joined_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, group_id, member_no)
) STRICT, WITHOUT ROWID;

-- Our own tags on groups; WeCom has none.
CREATE TABLE group_tag_groups (
  corp_id INTEGER NOT NULL,
  tag_group_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  PRIMARY KEY (corp_id, tag_group_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX group_tag_groups_name ON group_tag_groups (corp_id, name_folded);
CREATE TABLE group_tags (
  corp_id INTEGER NOT NULL,
  tag_id INTEGER NOT NULL,
  tag_group_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  PRIMARY KEY (corp_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX group_tags_name ON group_tags (corp_id, tag_group_id, name_folded);
CREATE TABLE group_taggings (
  corp_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  tag_id INTEGER NOT NULL,
  PRIMARY KEY (corp_id, group_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_taggings_tag ON group_taggings (corp_id, tag_id, group_id);

-- Programs that call the open API. app_key is encrypted; acting_staff_id 0 = nobody.
CREATE TABLE api_apps (
  corp_id INTEGER NOT NULL,
  app_no INTEGER NOT NULL,
  app_id TEXT NOT NULL,
  name TEXT NOT NULL,
  app_key BLOB NOT NULL,
  is_enabled INTEGER NOT NULL,
  ip_allow_list TEXT NOT NULL,
  scopes TEXT NOT NULL,
  acting_staff_id INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, app_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_apps_app_id ON api_apps (app_id);

-- mode: 0 mass-send assistant, 1 by hand. state: see scrm::sop::SopState.
CREATE TABLE sops (
  corp_id INTEGER NOT NULL,
  sop_id INTEGER NOT NULL,
  uuid BLOB NOT NULL,
  title TEXT NOT NULL,
  instruction TEXT NOT NULL,
  mode INTEGER NOT NULL,
  state INTEGER NOT NULL,
  creator_id INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, sop_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sops_uuid ON sops (corp_id, uuid);

-- Either send_at_ms (a fixed time) or day_no with minute_of_day (the N-th day since joining).
CREATE TABLE sop_steps (
  corp_id INTEGER NOT NULL,
  sop_id INTEGER NOT NULL,
  step_no INTEGER NOT NULL,
  send_at_ms INTEGER,
  day_no INTEGER,
  minute_of_day INTEGER,
  content TEXT NOT NULL,
  PRIMARY KEY (corp_id, sop_id, step_no)
) STRICT, WITHOUT ROWID;
CREATE TABLE sop_groups (
  corp_id INTEGER NOT NULL,
  sop_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  joined_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, sop_id, group_id)
) STRICT, WITHOUT ROWID;

-- One message to one group. state: see scrm::sop::TaskState.
CREATE TABLE sop_tasks (
  corp_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  sop_id INTEGER NOT NULL,
  step_no INTEGER NOT NULL,
  occurrence INTEGER NOT NULL,
  uuid BLOB NOT NULL,
  state INTEGER NOT NULL,
  due_at_ms INTEGER NOT NULL,
  batch_id INTEGER,
  reason TEXT,
  created_at_ms INTEGER NOT NULL,
  handed_at_ms INTEGER,
  finished_at_ms INTEGER,
  sent_at_ms INTEGER,
  PRIMARY KEY (corp_id, group_id, sop_id, step_no, occurrence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sop_tasks_uuid ON sop_tasks (corp_id, uuid);
CREATE INDEX sop_tasks_due ON sop_tasks (corp_id, due_at_ms) WHERE state = 0;
CREATE INDEX sop_tasks_batch ON sop_tasks (corp_id, batch_id) WHERE batch_id IS NOT NULL;

-- One call to WeCom: a mass message to an owner's groups, or the notice of a manual task to its owner.
-- The row is committed before the call (outbox). state: see scrm::send::BatchState.
CREATE TABLE send_batches (
  corp_id INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  owner_id INTEGER NOT NULL,
  content TEXT NOT NULL,
  digest BLOB NOT NULL,
  page_token BLOB NOT NULL,
  n_groups INTEGER NOT NULL,
  state INTEGER NOT NULL,
  due_at_ms INTEGER NOT NULL,
  deadline_at_ms INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL,
  leased_by TEXT,
  leased_until_ms INTEGER NOT NULL,
  n_attempts INTEGER NOT NULL,
  call_started_at_ms INTEGER,
  unknown_since_ms INTEGER,
  msgid TEXT,
  handed_at_ms INTEGER,
  complete_since_ms INTEGER,
  n_foreign_chats INTEGER NOT NULL,
  reason TEXT,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, batch_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX send_batches_created ON send_batches (corp_id, created_at_ms);
CREATE INDEX send_batches_open ON send_batches (corp_id, next_at_ms) WHERE state < 4;
CREATE UNIQUE INDEX send_batches_one_unknown ON send_batches (corp_id, owner_id, digest) WHERE state = 1;
CREATE UNIQUE INDEX send_batches_msgid ON send_batches (corp_id, msgid) WHERE msgid IS NOT NULL;

-- Runs of the synchronisation with WeCom, newest last.
CREATE TABLE sync_runs (
  corp_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  state INTEGER NOT NULL,
  phase TEXT NOT NULL,
  n_done INTEGER NOT NULL,
  n_total INTEGER NOT NULL,
  report TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER,
  PRIMARY KEY (corp_id, run_id)
) STRICT, WITHOUT ROWID;

-- Who may do a piece of work alone, until when.
CREATE TABLE job_leases (
  name TEXT NOT NULL,
  holder TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
