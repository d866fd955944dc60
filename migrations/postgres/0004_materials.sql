-- The library of files. format: files::Format. image_url: from media/uploadimg, it never expires. A deleted
-- file is not shown and not taken for new items; what is planned with it is still sent. The content lies in
-- the folder of files, under its sha256.
CREATE TABLE files (
  corp_id BIGINT NOT NULL,
  file_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  format BIGINT NOT NULL,
  n_bytes BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  md5 BYTEA NOT NULL,
  source_url TEXT NOT NULL,
  image_url TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  is_deleted BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, file_id)
);
CREATE UNIQUE INDEX files_content ON files (corp_id, sha256, name);

-- Files as WeCom has them for three days. kind: 0 picture, 1 video, 2 file.
CREATE TABLE media (
  corp_id BIGINT NOT NULL,
  file_id BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  media_id TEXT NOT NULL,
  uploaded_at_ms BIGINT NOT NULL,
  PRIMARY KEY (corp_id, file_id, kind)
);

-- Uploads that messages wait for. kind: as of media, 4 a permanent address of a picture. One that WeCom refused
-- for good (is_final) is kept until next_at_ms, so that those who wait learn why; another is tried again then.
CREATE TABLE uploads (
  corp_id BIGINT NOT NULL,
  file_id BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  next_at_ms BIGINT NOT NULL,
  n_failures BIGINT NOT NULL,
  failure TEXT NOT NULL,
  is_final BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, file_id, kind)
);
CREATE INDEX uploads_due ON uploads (corp_id, next_at_ms) WHERE NOT is_final;

-- Marketing contents. kind: mcType of the open API. The cover is a file of the library or an address.
CREATE TABLE materials (
  corp_id BIGINT NOT NULL,
  material_id BIGINT NOT NULL,
  uuid BYTEA NOT NULL,
  kind BIGINT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  url TEXT NOT NULL,
  cover_url TEXT NOT NULL,
  cover_file_id BIGINT,
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL,
  is_deleted BOOLEAN NOT NULL,
  PRIMARY KEY (corp_id, material_id)
);
CREATE UNIQUE INDEX materials_uuid ON materials (corp_id, uuid);
