-- kind: 0 fixed times, 1 days since joining, 2 new groups, 3 one mass message. rule: sop::Rule as JSON,
-- '' = chosen groups; follows_rule: groups join and leave as they change. started_at_ms is NULL in a draft.
-- plan_no counts the plans; plan_position: the last group (by id) to which the newest was applied, NULL =
-- to all of them, and only then messages go out. rule_position: how far the rule has been applied to all groups
-- there are, NULL = it need not be. No planned task is due before next_due_at_ms.
ALTER TABLE sops ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sops ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE sops ADD COLUMN follows_rule INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sops ADD COLUMN started_at_ms INTEGER;
ALTER TABLE sops ADD COLUMN ended_at_ms INTEGER;
ALTER TABLE sops ADD COLUMN plan_no INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sops ADD COLUMN plan_position INTEGER;
ALTER TABLE sops ADD COLUMN rule_position INTEGER;
ALTER TABLE sops ADD COLUMN plan_audit_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sops ADD COLUMN n_groups INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sops ADD COLUMN next_due_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sops ADD COLUMN title_folded TEXT NOT NULL DEFAULT '';
UPDATE sops SET started_at_ms = created_at_ms, title_folded = lower(title);
UPDATE sops SET kind = 1 WHERE EXISTS (
  SELECT 1 FROM sop_steps AS p WHERE p.corp_id = sops.corp_id AND p.sop_id = sops.sop_id AND p.day_no IS NOT NULL);
UPDATE sops SET n_groups = (
  SELECT count(*) FROM sop_groups AS g WHERE g.corp_id = sops.corp_id AND g.sop_id = sops.sop_id);
-- State 1: active. What is paused, ended or being planned costs a look for due messages nothing.
CREATE INDEX sops_due ON sops (corp_id, next_due_at_ms) WHERE state = 1 AND plan_position IS NULL;
CREATE INDEX sops_planning ON sops (corp_id, sop_id) WHERE plan_position IS NOT NULL;
CREATE INDEX sops_following ON sops (corp_id, sop_id) WHERE state IN (1, 2) AND follows_rule;

-- Contents are kept in every version: a message shows what it was made of, whatever came after. version: the
-- newest; it grows with every change to the step. Tasks before plan_from_ms are not made (a step that was
-- added or moved later). A removed step's number is not used again.
ALTER TABLE sop_steps ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sop_steps ADD COLUMN plan_from_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sop_steps ADD COLUMN is_removed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE sop_step_contents (
  corp_id INTEGER NOT NULL,
  sop_id INTEGER NOT NULL,
  step_no INTEGER NOT NULL,
  version INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (corp_id, sop_id, step_no, version)
) STRICT, WITHOUT ROWID;
INSERT INTO sop_step_contents (corp_id, sop_id, step_no, version, content)
  SELECT corp_id, sop_id, step_no, 1, content FROM sop_steps;
ALTER TABLE sop_steps DROP COLUMN content;

-- source: how it joined, see scrm::sop::Source. Times before plan_from_ms make no task; 0 = they are due at
-- once. left_at_ms: it left, for leave_reason; is_kept_out: by hand, so no rule brings it back.
ALTER TABLE sop_groups ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sop_groups ADD COLUMN plan_from_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sop_groups ADD COLUMN left_at_ms INTEGER;
ALTER TABLE sop_groups ADD COLUMN leave_reason TEXT;
ALTER TABLE sop_groups ADD COLUMN is_kept_out INTEGER NOT NULL DEFAULT 0;

-- Groups that are still to join an SOP, in parts of some hundred: ids of 8 bytes, little end first.
CREATE TABLE sop_joining (
  corp_id INTEGER NOT NULL,
  sop_id INTEGER NOT NULL,
  part_no INTEGER NOT NULL,
  group_ids BLOB NOT NULL,
  PRIMARY KEY (corp_id, sop_id, part_no)
) STRICT, WITHOUT ROWID;

-- content_version: of the step, when the task went into a batch. audit_id: the act of a person that changed
-- it last, 0 = the program by itself.
ALTER TABLE sop_tasks ADD COLUMN content_version INTEGER;
ALTER TABLE sop_tasks ADD COLUMN audit_id INTEGER NOT NULL DEFAULT 0;
DROP INDEX sop_tasks_due;
CREATE INDEX sop_tasks_of_sop ON sop_tasks (corp_id, sop_id, state, due_at_ms, step_no);

-- kind: 0 a message, 1 a reminder to the owner, 2 one to his leader (about_batch: of which message). sop_id,
-- step_no: of a mass message. withdraw_at_ms: when somebody wanted it back, withdraw_reason why.
-- waits_for_file: it is to be handed over once this file is uploaded.
ALTER TABLE send_batches ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE send_batches ADD COLUMN about_batch INTEGER;
ALTER TABLE send_batches ADD COLUMN sop_id INTEGER;
ALTER TABLE send_batches ADD COLUMN step_no INTEGER;
ALTER TABLE send_batches ADD COLUMN withdraw_at_ms INTEGER;
ALTER TABLE send_batches ADD COLUMN withdraw_reason TEXT;
ALTER TABLE send_batches ADD COLUMN audit_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE send_batches ADD COLUMN n_reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE send_batches ADD COLUMN reminded_at_ms INTEGER;
ALTER TABLE send_batches ADD COLUMN remind_at_ms INTEGER;
ALTER TABLE send_batches ADD COLUMN leader_at_ms INTEGER;
ALTER TABLE send_batches ADD COLUMN waits_for_file INTEGER;
DROP INDEX send_batches_open;
CREATE INDEX send_batches_queue ON send_batches (corp_id, state, next_at_ms);
CREATE INDEX send_batches_of_sop ON send_batches (corp_id, sop_id) WHERE sop_id IS NOT NULL AND state < 4;
CREATE INDEX send_batches_for_file ON send_batches (corp_id, waits_for_file) WHERE waits_for_file IS NOT NULL;

-- What happened to a batch: calls, refusals, reminders, its end. kind: see scrm::send::events.
CREATE TABLE send_events (
  corp_id INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  event_no INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (corp_id, batch_id, event_no)
) STRICT, WITHOUT ROWID;

-- Who did what to an SOP, when. actor: "app:<number>", "staff:<id>", "rule", "system". detail: JSON.
CREATE TABLE sop_audit (
  corp_id INTEGER NOT NULL,
  audit_id INTEGER NOT NULL,
  sop_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (corp_id, audit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sop_audit_sop ON sop_audit (corp_id, sop_id, audit_id);

-- How far SOPs have followed the company's change sequence.
CREATE TABLE sop_followed (
  corp_id INTEGER NOT NULL,
  change_seq INTEGER NOT NULL,
  PRIMARY KEY (corp_id)
) STRICT, WITHOUT ROWID;

-- Calls that may be repeated under a key of the caller's: the answer that they got.
CREATE TABLE idempotent_calls (
  corp_id INTEGER NOT NULL,
  app_no INTEGER NOT NULL,
  call_name TEXT NOT NULL,
  call_key TEXT NOT NULL,
  body_digest BLOB NOT NULL,
  answer TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, app_no, call_name, call_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_calls_created ON idempotent_calls (corp_id, created_at_ms);
