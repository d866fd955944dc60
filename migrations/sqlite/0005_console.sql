-- People who sign in to the console. They belong to the installation; members say what they may in which company.
-- A site admin is an admin of every company. totp_secret: encrypted; NULL = no second factor. totp_step: the last
-- 30 seconds whose code was used, so that none is used twice.
CREATE TABLE console_users (
  user_id INTEGER NOT NULL,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  must_change_password INTEGER NOT NULL,
  totp_secret BLOB,
  totp_step INTEGER NOT NULL,
  is_site_admin INTEGER NOT NULL,
  is_disabled INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX console_users_login ON console_users (login);

-- role: users::Role. staff_id: who he is in WeCom, if he is.
CREATE TABLE console_members (
  corp_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  role INTEGER NOT NULL,
  staff_id INTEGER,
  PRIMARY KEY (corp_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX console_members_staff ON console_members (corp_id, staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX console_members_user ON console_members (user_id);

-- The departments whose data a member sees; none = all of the company.
CREATE TABLE console_member_departments (
  corp_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  department_id INTEGER NOT NULL,
  PRIMARY KEY (corp_id, user_id, department_id)
) STRICT, WITHOUT ROWID;

-- token_digest: SHA-256 of the cookie's token. corp_id: the company that was chosen, 0 = none. is_by_wecom: WeCom said
-- who it is, so a one-time password need not be changed first.
CREATE TABLE console_sessions (
  token_digest BLOB NOT NULL,
  user_id INTEGER NOT NULL,
  corp_id INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  is_by_wecom INTEGER NOT NULL,
  PRIMARY KEY (token_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX console_sessions_user ON console_sessions (user_id);
CREATE INDEX console_sessions_end ON console_sessions (ends_at_ms);

-- Failed sign-ins. subject: "login …" or "address …".
CREATE TABLE console_failures (
  subject TEXT NOT NULL,
  n_failures INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  PRIMARY KEY (subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX console_failures_time ON console_failures (last_at_ms);

-- States of sign-ins with WeCom that came back, so that none does twice. state_digest: SHA-256 of the state.
CREATE TABLE console_wecom_states (
  state_digest BLOB NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  PRIMARY KEY (state_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX console_wecom_states_end ON console_wecom_states (ends_at_ms);

-- Who changed what by the console. corp_id 0: what belongs to no company, as users do.
CREATE TABLE console_audit (
  corp_id INTEGER NOT NULL,
  audit_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  login TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_folded TEXT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (corp_id, audit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX console_audit_user ON console_audit (corp_id, user_id, audit_id);

-- The user of the console who made it; 0 = nobody did.
ALTER TABLE sops ADD COLUMN made_by_user INTEGER NOT NULL DEFAULT 0;
