-- The library of files. format: files::Format. image_url: from media/uploadimg, it never expires. A deleted
-- file is not shown and not taken for new items; what is planned with it is still sent. The content lies in
-- the folder of files, under its sha256.
CREATE TABLE files (
  corp_id INTEGER NOT NULL,
  file_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  format INTEGER NOT NULL,
  n_bytes INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  md5 BLOB NOT NULL,
  source_url TEXT NOT NULL,
  image_url TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  PRIMARY KEY (corp_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX files_content ON files (corp_id, sha256, name);

-- Files as WeCom has them for three days. kind: 0 picture, 1 video, 2 file.
CREATE TABLE media (
  corp_id INTEGER NOT NULL,
  file_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  media_id TEXT NOT NULL,
  uploaded_at_ms INTEGER NOT NULL,
  PRIMARY KEY (corp_id, file_id, kind)
) STRICT, WITHOUT ROWID;

-- Uploads that messages wait for. kind: as of media, 4 a permanent address of a picture. One that WeCom refused
-- for good (is_final) is kept until next_at_ms, so that those who wait learn why; another is tried again then.
CREATE TABLE uploads (
  corp_id INTEGER NOT NULL,
  file_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL,
  n_failures INTEGER NOT NULL,
  failure TEXT NOT NULL,
  is_final INTEGER NOT NULL,
  PRIMARY KEY (corp_id, file_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_due ON uploads (corp_id, next_at_ms) WHERE NOT is_final;

-- Marketing contents. kind: mcType of the open API. The cover is a file of the library or an address.
CREATE TABLE materials (
  corp_id INTEGER NOT NULL,
  material_id INTEGER NOT NULL,
  uuid BLOB NOT NULL,
  kind INTEGER NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  url TEXT NOT NULL,
  cover_url TEXT NOT NULL,
  cover_file_id INTEGER,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  PRIMARY KEY (corp_id, material_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX materials_uuid ON materials (corp_id, uuid);
