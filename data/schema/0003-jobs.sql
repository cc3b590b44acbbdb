-- 0003-jobs.sql - work that is done aside for somebody who asked for it over HTTP (作业), and the files they sent for it (上传).

CREATE TABLE upload (                              -- 上传文件, kept for a while under STATION/uploads
  id TEXT PRIMARY KEY,
  actor_id TEXT NOT NULL REFERENCES actor (id),    -- whose it is; nobody else sees it
  name TEXT NOT NULL,                              -- as it was called
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  sha256 TEXT NOT NULL,
  made_at_s INTEGER NOT NULL,
  expires_at_s INTEGER NOT NULL
);
CREATE INDEX upload_of_actor ON upload (actor_id, id);

CREATE TABLE job (                                 -- 作业; what it made lies under STATION/jobs
  id TEXT PRIMARY KEY,
  process TEXT NOT NULL,
  actor_id TEXT NOT NULL REFERENCES actor (id),    -- whose it is; nobody else sees it
  state TEXT NOT NULL CHECK (state IN ('accepted', 'running', 'successful', 'failed', 'dismissed')),
  runner TEXT NOT NULL,                            -- the folder of files of the moment of the service that does it: gone, so is the service
  request TEXT NOT NULL,                           -- JSON, as it was sent
  result TEXT,                                     -- JSON: what came out; NULL until then
  message TEXT,                                    -- why it failed
  fault INTEGER,                                   -- the HTTP status of that
  made_at_s INTEGER NOT NULL,
  begun_at_s INTEGER,
  ended_at_s INTEGER,
  expires_at_s INTEGER NOT NULL
);
CREATE INDEX job_of_actor ON job (actor_id, id);
CREATE INDEX job_by_state ON job (state) WHERE state IN ('accepted', 'running');
