-- 0002-access: who sees what, and who is asking.
--
-- Times, ids and states as in 0001. Secrets are never here, only what they can be checked by: SHA-256 of what is random anyway
-- (tokens, sessions), argon2id of what people remember.

-- --- Areas of people -----------------------------------------------------------------------------------------------------------

CREATE TABLE actor_area (                          -- 授权范围: what a person may see lies in these; no row: the whole district
  actor_id TEXT NOT NULL REFERENCES actor (id),
  code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 40),            -- of a street, a community or a cell: what codes begin with
  PRIMARY KEY (actor_id, code)
);
CREATE TRIGGER actor_area_most BEFORE INSERT ON actor_area
WHEN (SELECT count(*) FROM actor_area WHERE actor_id = NEW.actor_id) >= 64
BEGIN SELECT RAISE(ABORT, 'a person has at most 64 areas'); END;

-- --- Tokens, passwords, sessions -------------------------------------------------------------------------------------------------

CREATE TABLE token (                               -- 访问令牌: what a program shows instead of a password
  id TEXT PRIMARY KEY,                             -- the part of it that may be known
  actor_id TEXT NOT NULL REFERENCES actor (id),
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'all')),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),                    -- of the secret part
  made_by TEXT NOT NULL,
  made_at_s INTEGER NOT NULL,
  expires_at_s INTEGER NOT NULL,
  revoked_at_s INTEGER,
  used_at_s INTEGER                                -- to the minute
);
CREATE INDEX token_actor ON token (actor_id);
CREATE TRIGGER token_stays BEFORE UPDATE OF actor_id, scope, sha256, expires_at_s ON token
BEGIN SELECT RAISE(ABORT, 'a token stays what it was made: revoke it and make another one'); END;
CREATE TRIGGER token_ends_once BEFORE UPDATE OF revoked_at_s ON token WHEN OLD.revoked_at_s IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a token that was revoked stays revoked'); END;

CREATE TABLE password (                            -- 口令
  actor_id TEXT PRIMARY KEY REFERENCES actor (id),
  hash TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),                  -- with its parameters and its salt
  set_at_s INTEGER NOT NULL
);

CREATE TABLE session (                             -- 会话: somebody who signed in with a password
  sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),                 -- of the id the browser has
  actor_id TEXT NOT NULL REFERENCES actor (id),
  csrf TEXT NOT NULL,                              -- what its pages send back with every change
  address TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '',    -- of the sign-in, for the list of sessions
  made_at_s INTEGER NOT NULL,
  seen_at_s INTEGER NOT NULL                       -- to the minute
);
CREATE INDEX session_actor ON session (actor_id);
CREATE UNIQUE INDEX session_handle ON session (substr(sha256, 1, 16));

CREATE TRIGGER actor_last_administrator BEFORE UPDATE OF role, is_active ON actor
WHEN OLD.role = 'administrator' AND OLD.is_active = 1 AND NOT (NEW.role = 'administrator' AND NEW.is_active = 1)
  AND (SELECT count(*) FROM actor WHERE role = 'administrator' AND is_active = 1) = 1
BEGIN SELECT RAISE(ABORT, 'the last administrator stays one'); END;

-- --- Records as they are published -------------------------------------------------------------------------------------------
--
-- A view read_X has the rows of its table with their fid and id, words and numbers of other records instead of bare ids, and the
-- columns the access rules ask (core/visible.c). The spatial index is the table's. What is empty is NULL.

ALTER TABLE lead ADD COLUMN lon REAL;              -- of its case when it was drafted: where to go, also when there is no outline
ALTER TABLE lead ADD COLUMN lat REAL;
ALTER TABLE lead ADD COLUMN title TEXT NOT NULL DEFAULT '';          -- of its case when it was drafted
UPDATE lead SET lon = (SELECT c.lon FROM case_file c WHERE c.id = lead.case_id), lat = (SELECT c.lat FROM case_file c WHERE c.id = lead.case_id),
  title = coalesce(json_extract(snapshot, '$.title'), '');
CREATE INDEX case_point ON case_file (lon, lat) WHERE geom IS NULL;  -- windows are asked of the R*Tree first, of these besides
CREATE INDEX lead_point ON lead (lon, lat) WHERE geom IS NULL;
CREATE INDEX change_community ON change (community_code);
CREATE INDEX finding_made_by ON finding (made_by);

CREATE VIEW read_change AS
  SELECT h.fid AS fid, h.id AS id, h.number AS number, h.class AS class, h.relation AS relation, h.state AS state, h.suspicion AS suspicion,
         h.confidence AS confidence, h.p_no_cover AS p_no_cover, h.severity AS severity, nullif(h.legal_codes, '') AS legal_codes,
         h.permit_number AS permit_number, h.zone_kind AS zone_kind, h.zone_share AS zone_share, h.zone_p AS zone_p, h.stock AS stock,
         h.gained_m2 AS gained_m2, h.gained_sd_m2 AS gained_sd_m2, h.lost_m2 AS lost_m2, h.lost_sd_m2 AS lost_sd_m2,
         h.area_before_m2 AS area_before_m2, h.area_after_m2 AS area_after_m2, h.width_m AS width_m, h.height_before_m AS height_before_m,
         h.height_after_m AS height_after_m, h.height_change_m AS height_change_m, h.z AS z, nullif(h.reasons, '') AS reasons,
         nullif(h.counter_reasons, '') AS counter_reasons, nullif(h.before_ids, '') AS before_ids, nullif(h.after_ids, '') AS after_ids,
         h.object_id AS object_id, h.comparison_id AS comparison_id,
         (SELECT s.name FROM comparison m JOIN survey s ON s.id = m.before_id WHERE m.id = h.comparison_id) AS before_survey,
         (SELECT s.name FROM comparison m JOIN survey s ON s.id = m.after_id WHERE m.id = h.comparison_id) AS after_survey,
         (SELECT s.taken_at_s FROM comparison m JOIN survey s ON s.id = m.before_id WHERE m.id = h.comparison_id) AS before_at_s,
         (SELECT s.taken_at_s FROM comparison m JOIN survey s ON s.id = m.after_id WHERE m.id = h.comparison_id) AS after_at_s,
         h.reviewed_by AS reviewed_by, (SELECT p.name FROM actor p WHERE p.id = h.reviewed_by) AS reviewer, h.reviewed_at_s AS reviewed_at_s,
         nullif(h.review_note, '') AS review_note, h.inherited_from IS NOT NULL AS is_inherited, nullif(h.woken_by, '') AS woken_by,
         h.audit_slot AS audit_slot,
         (SELECT c.number FROM case_link l JOIN case_file c ON c.id = l.case_id WHERE l.thing = 'change' AND l.thing_id = h.id
          ORDER BY c.opened_at_s DESC, c.id DESC LIMIT 1) AS case_number,
         h.cell_code AS cell_code, h.community_code AS community_code, h.geom AS geom
  FROM change h;

CREATE VIEW read_finding AS
  SELECT f.fid AS fid, f.id AS id, f.number AS number, f.source AS source, f.scheme AS scheme, f.code AS code, nullif(f.text, '') AS text,
         f.state AS state, f.seen_at_s AS seen_at_s, f.made_at_s AS made_at_s, f.made_by AS made_by,
         (SELECT p.name FROM actor p WHERE p.id = f.made_by) AS reporter, f.accuracy_m AS accuracy_m, f.agency_id AS agency_id,
         (SELECT a.key FROM agency a WHERE a.id = f.agency_id) AS agency, f.due_at_s AS due_at_s, f.is_due_provisional AS is_due_provisional,
         (SELECT c.number FROM case_link l JOIN case_file c ON c.id = l.case_id WHERE l.thing = 'finding' AND l.thing_id = f.id
          ORDER BY c.opened_at_s DESC, c.id DESC LIMIT 1) AS case_number,
         f.cell_code AS cell_code, f.community_code AS community_code, f.geom AS geom
  FROM finding f;

CREATE VIEW read_case AS                           -- an outline, or else the point to go to
  SELECT c.fid AS fid, c.id AS id, c.number AS number, c.kind AS kind, c.title AS title, c.source AS source, nullif(c.scheme, '') AS scheme,
         nullif(c.code, '') AS code, c.track AS track, c.stock AS stock, c.in_progress AS in_progress, c.state AS state,
         nullif(c.stage, '') AS stage, c.agency_id AS agency_id, (SELECT a.key FROM agency a WHERE a.id = c.agency_id) AS agency,
         c.priority AS priority, c.due_at_s AS due_at_s, c.is_due_provisional AS is_due_provisional, c.is_exempt AS is_exempt,
         nullif(c.party, '') AS party, c.area_m2 AS area_m2, c.measured_area_m2 AS measured_area_m2,
         nullif(c.building_result, '') AS building_result, nullif(c.fine_result, '') AS fine_result, c.opened_at_s AS opened_at_s,
         c.registered_at_s AS registered_at_s, c.dispatched_at_s AS dispatched_at_s, c.handled_at_s AS handled_at_s,
         c.checked_at_s AS checked_at_s, c.closed_at_s AS closed_at_s, c.review_at_s AS review_at_s, c.extended AS extended,
         c.suspended AS suspended, nullif(c.rule, '') AS rule, (SELECT r.number FROM case_file r WHERE r.id = c.recurrence_of) AS recurrence_number,
         (SELECT m.number FROM case_file m WHERE m.id = c.merged_into) AS master_number, c.made_by AS made_by, c.lon AS lon, c.lat AS lat,
         c.cell_code AS cell_code, c.community_code AS community_code, coalesce(c.geom, MakePoint(c.lon, c.lat, 4326)) AS geom
  FROM case_file c;

CREATE VIEW read_lead AS
  SELECT d.fid AS fid, d.id AS id, d.number AS number, (SELECT c.number FROM case_file c WHERE c.id = d.case_id) AS case_number,
         nullif(d.title, '') AS title, d.kind AS kind, d.secrecy AS secrecy, d.state AS state, nullif(d.stage, '') AS stage,
         d.agency_id AS agency_id, (SELECT a.key FROM agency a WHERE a.id = d.agency_id) AS agency, d.priority AS priority, d.due_at_s AS due_at_s,
         d.is_due_provisional AS is_due_provisional, d.made_by AS made_by, (SELECT p.name FROM actor p WHERE p.id = d.made_by) AS maker,
         d.made_at_s AS made_at_s, d.sent_at_s AS sent_at_s, d.received_at_s AS received_at_s, d.answered_at_s AS answered_at_s,
         d.closed_at_s AS closed_at_s, d.receipt_number AS receipt_number, d.received_by AS received_by, nullif(d.answer, '') AS answer,
         nullif(d.return_reason, '') AS return_reason, d.reminders AS reminders,
         (SELECT l.number FROM lead l WHERE l.id = d.linked_from) AS linked_number, d.lon AS lon, d.lat AS lat,
         d.cell_code AS cell_code, d.community_code AS community_code, coalesce(d.geom, MakePoint(d.lon, d.lat, 4326)) AS geom
  FROM lead d;

-- One feature by its id, and pages in the order of ids.
CREATE INDEX asset_by_id ON asset (kind, id) WHERE valid_to_s IS NULL;
CREATE INDEX building_by_id ON building (id) WHERE valid_to_s IS NULL;
CREATE INDEX permit_by_id ON permit (id) WHERE valid_to_s IS NULL;
CREATE INDEX zone_by_id ON zone (id) WHERE valid_to_s IS NULL;
