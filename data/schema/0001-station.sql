-- 0001-station: a district's grid, register, surveys and work.
--
-- Times are seconds since 1970 UTC (_s), lengths metres (_m), areas square metres (_m2), geometry EPSG:4326 lon/lat. Ids are
-- UUIDv7 as text; spatial tables also have an integer fid, which the R*Tree and QGIS need. States are words. What we were
-- told is kept for good (superseded rows stay), what we computed can be computed again. Rules of tables that grow say OR, not
-- IN: for an IN of more than two words SQLite fills a table of its own at every row.

-- --- The district and who works in it ------------------------------------------------------------------------------------

CREATE TABLE district (                            -- 辖区: one row, one station is one district
  one INTEGER PRIMARY KEY CHECK (one = 1),
  code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 12),
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  zone_offset_s INTEGER NOT NULL DEFAULT 28800,    -- local time minus UTC
  metric_crs TEXT NOT NULL,                        -- what lengths and areas are measured in: EPSG code, WKT or PROJ pipeline
  metric_crs_name TEXT NOT NULL,
  street_digits INTEGER NOT NULL DEFAULT 3 CHECK (street_digits BETWEEN 1 AND 9),      -- of a cell code after the district's
  community_digits INTEGER NOT NULL DEFAULT 3 CHECK (community_digits BETWEEN 1 AND 9),
  sequence_digits INTEGER NOT NULL DEFAULT 3 CHECK (sequence_digits BETWEEN 1 AND 9),
  baseline_at_s INTEGER,                           -- built later than this is new stock (新增), earlier existing stock (存量)
  made_at_s INTEGER NOT NULL
);

CREATE TABLE agency (                              -- 单位
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,                        -- "planning", "discipline": what rules name
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  competence TEXT NOT NULL DEFAULT '',
  part TEXT NOT NULL DEFAULT 'receiver' CHECK (part IN ('executor', 'receiver')),  -- handles cases itself, or receives leads
  secrecy TEXT NOT NULL DEFAULT 'ordinary' CHECK (secrecy IN ('ordinary', 'internal', 'secret')), -- least one of a lead to it
  made_at_s INTEGER NOT NULL
);

CREATE TABLE actor (                               -- 人员: a person or a service
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('inspector', 'analyst', 'officer', 'coordinator', 'checker', 'chief', 'legal', 'discipline',
                                     'auditor', 'administrator', 'public', 'service')),
  agency_id TEXT REFERENCES agency (id),
  is_active INTEGER NOT NULL DEFAULT 1,
  made_at_s INTEGER NOT NULL
);

-- --- The grid --------------------------------------------------------------------------------------------------------------

CREATE TABLE area (                                -- 行政区划: district, street (街道/镇), community (社区/村)
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  level TEXT NOT NULL CHECK (level IN ('district', 'street', 'community')),
  code TEXT NOT NULL,                              -- 6, 9, 12 digits; text, since a name is no key and a number loses zeros
  parent_code TEXT,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',                 -- sources may disagree; the first one loaded counts
  counts INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired')),
  valid_from_s INTEGER NOT NULL,
  valid_to_s INTEGER,
  UNIQUE (source, code)
);
CREATE UNIQUE INDEX area_counts ON area (code) WHERE counts = 1 AND valid_to_s IS NULL;
SELECT AddGeometryColumn('area', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('area', 'geom');
CREATE INDEX area_parent ON area (parent_code);
CREATE VIEW map_area AS                            -- for map programs: what counts now; map_KEY of each layer is made from its file
  SELECT fid, id, level, code, parent_code, name_zh, name_en, source, geom FROM area WHERE counts = 1 AND valid_to_s IS NULL;
INSERT INTO views_geometry_columns (view_name, view_geometry, view_rowid, f_table_name, f_geometry_column, read_only)
VALUES ('map_area', 'geom', 'fid', 'area', 'geom', 1);

CREATE TABLE grid (                                -- a versioned partition of the district; several side by side
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL,                               -- "unit" 单元网格, "duty" 责任网格, ...
  version INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  must_partition INTEGER NOT NULL DEFAULT 1,       -- gaps and overlaps are errors
  target_area_m2 REAL NOT NULL DEFAULT 10000,
  min_area_m2 REAL NOT NULL DEFAULT 5000,
  max_area_m2 REAL NOT NULL DEFAULT 20000,
  is_default INTEGER NOT NULL DEFAULT 0,           -- the one things know their cell in
  made_at_s INTEGER NOT NULL,
  UNIQUE (key, version)
);

CREATE TABLE cell (                                -- 单元网格; a code is never given twice in one grid
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  grid_id TEXT NOT NULL REFERENCES grid (id),
  code TEXT NOT NULL,
  community_code TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  area_m2 REAL NOT NULL,
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired')),
  valid_from_s INTEGER NOT NULL,
  valid_to_s INTEGER,
  note TEXT NOT NULL DEFAULT '',
  UNIQUE (grid_id, code)
);
SELECT AddGeometryColumn('cell', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('cell', 'geom');
CREATE INDEX cell_community ON cell (community_code);
CREATE INDEX cell_active ON cell (grid_id, code) WHERE state = 'active';
CREATE VIEW map_cell AS
  SELECT c.fid AS fid, c.id AS id, g.key AS grid, g.version AS version, c.code AS code, c.community_code AS community_code, c.name AS name,
         c.area_m2 AS area_m2, c.geom AS geom
  FROM cell c JOIN grid g ON g.id = c.grid_id WHERE c.state = 'active';
INSERT INTO views_geometry_columns (view_name, view_geometry, view_rowid, f_table_name, f_geometry_column, read_only)
VALUES ('map_cell', 'geom', 'fid', 'cell', 'geom', 1);

-- --- The register ----------------------------------------------------------------------------------------------------------
--
-- Lists go by fid, the order in which rows were taken: it stands at the end of every index by itself, and a thing that changes
-- moves to the end, so who reads all pages misses nothing. What most rows have in common (a state) is in no index.

CREATE TABLE layer (                               -- data/layers/*.json as this station knows them
  key TEXT PRIMARY KEY,
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  definition TEXT NOT NULL,                        -- the JSON file
  sha256 TEXT NOT NULL
);

CREATE TABLE building (                            -- 建筑物: a footprint with its standing
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL,                                -- of the thing; each version of it is a row
  source TEXT NOT NULL DEFAULT '',
  source_id TEXT,
  name TEXT NOT NULL DEFAULT '',
  standing TEXT NOT NULL DEFAULT 'unverified' CHECK (standing = 'lawful' OR standing = 'unverified' OR standing = 'illegal' OR standing = 'gone'),
  height_m REAL,
  floors REAL,
  area_m2 REAL NOT NULL,
  address TEXT NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',
  permit_number TEXT,
  properties TEXT NOT NULL DEFAULT '{}',           -- JSON: what the layer's file names beyond these columns
  crs TEXT NOT NULL,                               -- what the coordinates were given in
  accuracy_m REAL NOT NULL,                        -- 1 sd, with what a conversion added
  cell_code TEXT,
  community_code TEXT,
  digest TEXT NOT NULL DEFAULT '',                 -- of what the source said: the same again changes nothing
  version INTEGER NOT NULL DEFAULT 1,
  valid_from_s INTEGER NOT NULL,
  valid_to_s INTEGER,                               -- NULL: this is the row that counts
  UNIQUE (id, version)
);
SELECT AddGeometryColumn('building', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('building', 'geom');
CREATE UNIQUE INDEX building_source ON building (source_id, source) WHERE valid_to_s IS NULL;
CREATE INDEX building_now ON building (fid) WHERE valid_to_s IS NULL;
CREATE INDEX building_cell ON building (cell_code) WHERE valid_to_s IS NULL;
CREATE INDEX building_community ON building (community_code, fid, standing) WHERE valid_to_s IS NULL;
CREATE INDEX building_standing ON building (standing) WHERE valid_to_s IS NULL AND standing <> 'unverified';
CREATE INDEX building_permit ON building (permit_number) WHERE permit_number IS NOT NULL AND valid_to_s IS NULL;

CREATE TABLE permit (                              -- 规划许可
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL,                                -- of the thing; each version of it is a row
  source TEXT NOT NULL DEFAULT '',
  source_id TEXT,
  number TEXT NOT NULL,
  holder TEXT NOT NULL DEFAULT '',
  purpose TEXT NOT NULL DEFAULT '',
  permitted_footprint_m2 REAL,                     -- 占地 (基底) 面积: the ground it may cover
  permitted_floor_area_m2 REAL,                    -- 建筑面积: all its floors together
  permitted_height_m REAL,
  permit_from_s INTEGER,
  permit_until_s INTEGER,
  state TEXT NOT NULL DEFAULT 'granted' CHECK (state = 'granted' OR state = 'revoked' OR state = 'completed'),
  area_m2 REAL NOT NULL,
  properties TEXT NOT NULL DEFAULT '{}',
  crs TEXT NOT NULL,
  accuracy_m REAL NOT NULL,
  cell_code TEXT,
  community_code TEXT,
  digest TEXT NOT NULL DEFAULT '',                 -- of what the source said: the same again changes nothing
  version INTEGER NOT NULL DEFAULT 1,
  valid_from_s INTEGER NOT NULL,
  valid_to_s INTEGER,
  UNIQUE (id, version)
);
SELECT AddGeometryColumn('permit', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('permit', 'geom');
CREATE UNIQUE INDEX permit_source ON permit (source_id, source) WHERE valid_to_s IS NULL;
CREATE INDEX permit_now ON permit (fid) WHERE valid_to_s IS NULL;
CREATE INDEX permit_cell ON permit (cell_code) WHERE valid_to_s IS NULL;
CREATE INDEX permit_community ON permit (community_code, fid, state) WHERE valid_to_s IS NULL;
CREATE INDEX permit_state ON permit (state) WHERE valid_to_s IS NULL AND state <> 'granted';
CREATE INDEX permit_number ON permit (number) WHERE valid_to_s IS NULL;
CREATE INDEX permit_until ON permit (permit_until_s) WHERE valid_to_s IS NULL;

CREATE TABLE zone (                                -- 管控区: land with a legal weight
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL,                                -- of the thing; each version of it is a row
  source TEXT NOT NULL DEFAULT '',
  source_id TEXT,
  kind TEXT NOT NULL,                              -- farmland, redline, road_setback, river_setback, heritage, ...: data
  name TEXT NOT NULL DEFAULT '',
  weight REAL NOT NULL CHECK (weight BETWEEN 0 AND 1),
  law TEXT NOT NULL DEFAULT '',
  area_m2 REAL NOT NULL,
  properties TEXT NOT NULL DEFAULT '{}',
  crs TEXT NOT NULL,
  accuracy_m REAL NOT NULL,
  cell_code TEXT,
  community_code TEXT,
  digest TEXT NOT NULL DEFAULT '',                 -- of what the source said: the same again changes nothing
  version INTEGER NOT NULL DEFAULT 1,
  valid_from_s INTEGER NOT NULL,
  valid_to_s INTEGER,
  UNIQUE (id, version)
);
SELECT AddGeometryColumn('zone', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('zone', 'geom');
CREATE UNIQUE INDEX zone_source ON zone (source_id, source) WHERE valid_to_s IS NULL;
CREATE INDEX zone_now ON zone (fid) WHERE valid_to_s IS NULL;
CREATE INDEX zone_cell ON zone (cell_code) WHERE valid_to_s IS NULL;
CREATE INDEX zone_community ON zone (community_code, fid, kind) WHERE valid_to_s IS NULL;
CREATE INDEX zone_kind ON zone (kind) WHERE valid_to_s IS NULL;

CREATE TABLE asset (                               -- 部件: billboards, shop signs, collection points, ...; kinds are data
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL,                                -- of the thing; each version of it is a row
  source TEXT NOT NULL DEFAULT '',
  source_id TEXT,
  kind TEXT NOT NULL REFERENCES layer (key),
  name TEXT NOT NULL DEFAULT '',
  code TEXT,                                       -- 16 digits where the kind has a national code
  state TEXT NOT NULL DEFAULT 'present' CHECK (state = 'present' OR state = 'damaged' OR state = 'missing' OR state = 'removed'),
  owner TEXT NOT NULL DEFAULT '',
  keeper TEXT NOT NULL DEFAULT '',                 -- 养护单位
  permit_number TEXT,
  permit_until_s INTEGER,
  checked_at_s INTEGER,
  properties TEXT NOT NULL DEFAULT '{}',
  crs TEXT NOT NULL,
  accuracy_m REAL NOT NULL,
  cell_code TEXT,
  community_code TEXT,
  digest TEXT NOT NULL DEFAULT '',                 -- of what the source said: the same again changes nothing
  version INTEGER NOT NULL DEFAULT 1,
  valid_from_s INTEGER NOT NULL,
  valid_to_s INTEGER,
  UNIQUE (id, version)
);
SELECT AddGeometryColumn('asset', 'geom', 4326, 'POINT', 2);
SELECT AddGeometryColumn('asset', 'outline', 4326, 'MULTIPOLYGON', 2);   -- where the thing has an area (a construction site)
SELECT CreateSpatialIndex('asset', 'geom');
SELECT CreateSpatialIndex('asset', 'outline');
CREATE UNIQUE INDEX asset_source ON asset (source_id, source, kind) WHERE valid_to_s IS NULL; -- what differs most comes first
CREATE INDEX asset_now ON asset (kind) WHERE valid_to_s IS NULL;
CREATE INDEX asset_cell ON asset (cell_code, kind) WHERE valid_to_s IS NULL;
CREATE INDEX asset_community ON asset (community_code, kind, fid, state) WHERE valid_to_s IS NULL;
CREATE INDEX asset_state ON asset (kind, state) WHERE valid_to_s IS NULL AND state <> 'present';
CREATE INDEX asset_code ON asset (code) WHERE code IS NOT NULL AND valid_to_s IS NULL;
CREATE INDEX asset_until ON asset (kind, permit_until_s) WHERE permit_until_s IS NOT NULL AND valid_to_s IS NULL;

CREATE TABLE tally (                               -- 计数: how many rows of the register count now; '' where a row has none
  thing TEXT NOT NULL,                             -- asset, building, permit, zone
  kind TEXT NOT NULL,
  level TEXT NOT NULL,                             -- district: of all; community: of each; cell: of each
  community_code TEXT NOT NULL,
  cell_code TEXT NOT NULL,
  state TEXT NOT NULL,
  n INTEGER NOT NULL,                              -- below 0 only while a load has not told its own rows yet
  PRIMARY KEY (thing, kind, level, community_code, cell_code, state)
) WITHOUT ROWID;
CREATE TRIGGER asset_counted AFTER INSERT ON asset WHEN NEW.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'asset', NEW.kind, 'district', '', '', NEW.state, 1 WHERE TRUE UNION ALL
    SELECT 'asset', NEW.kind, 'community', coalesce(NEW.community_code, ''), '', NEW.state, 1 WHERE TRUE UNION ALL
    SELECT 'asset', NEW.kind, 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), NEW.state, 1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER asset_recounted AFTER UPDATE OF valid_to_s, cell_code, community_code, kind, state ON asset
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'asset', OLD.kind, 'district', '', '', OLD.state, -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'asset', OLD.kind, 'community', coalesce(OLD.community_code, ''), '', OLD.state, -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'asset', OLD.kind, 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), OLD.state, -1 WHERE OLD.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'asset', NEW.kind, 'district', '', '', NEW.state, 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'asset', NEW.kind, 'community', coalesce(NEW.community_code, ''), '', NEW.state, 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'asset', NEW.kind, 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), NEW.state, 1 WHERE NEW.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER asset_uncounted AFTER DELETE ON asset WHEN OLD.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'asset', OLD.kind, 'district', '', '', OLD.state, -1 WHERE TRUE UNION ALL
    SELECT 'asset', OLD.kind, 'community', coalesce(OLD.community_code, ''), '', OLD.state, -1 WHERE TRUE UNION ALL
    SELECT 'asset', OLD.kind, 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), OLD.state, -1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER building_counted AFTER INSERT ON building WHEN NEW.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'building', '', 'district', '', '', NEW.standing, 1 WHERE TRUE UNION ALL
    SELECT 'building', '', 'community', coalesce(NEW.community_code, ''), '', NEW.standing, 1 WHERE TRUE UNION ALL
    SELECT 'building', '', 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), NEW.standing, 1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER building_recounted AFTER UPDATE OF valid_to_s, cell_code, community_code, standing ON building
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'building', '', 'district', '', '', OLD.standing, -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'building', '', 'community', coalesce(OLD.community_code, ''), '', OLD.standing, -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'building', '', 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), OLD.standing, -1 WHERE OLD.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'building', '', 'district', '', '', NEW.standing, 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'building', '', 'community', coalesce(NEW.community_code, ''), '', NEW.standing, 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'building', '', 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), NEW.standing, 1 WHERE NEW.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER building_uncounted AFTER DELETE ON building WHEN OLD.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'building', '', 'district', '', '', OLD.standing, -1 WHERE TRUE UNION ALL
    SELECT 'building', '', 'community', coalesce(OLD.community_code, ''), '', OLD.standing, -1 WHERE TRUE UNION ALL
    SELECT 'building', '', 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), OLD.standing, -1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER permit_counted AFTER INSERT ON permit WHEN NEW.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'permit', '', 'district', '', '', NEW.state, 1 WHERE TRUE UNION ALL
    SELECT 'permit', '', 'community', coalesce(NEW.community_code, ''), '', NEW.state, 1 WHERE TRUE UNION ALL
    SELECT 'permit', '', 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), NEW.state, 1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER permit_recounted AFTER UPDATE OF valid_to_s, cell_code, community_code, state ON permit
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'permit', '', 'district', '', '', OLD.state, -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'permit', '', 'community', coalesce(OLD.community_code, ''), '', OLD.state, -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'permit', '', 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), OLD.state, -1 WHERE OLD.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'permit', '', 'district', '', '', NEW.state, 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'permit', '', 'community', coalesce(NEW.community_code, ''), '', NEW.state, 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'permit', '', 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), NEW.state, 1 WHERE NEW.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER permit_uncounted AFTER DELETE ON permit WHEN OLD.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'permit', '', 'district', '', '', OLD.state, -1 WHERE TRUE UNION ALL
    SELECT 'permit', '', 'community', coalesce(OLD.community_code, ''), '', OLD.state, -1 WHERE TRUE UNION ALL
    SELECT 'permit', '', 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), OLD.state, -1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER zone_counted AFTER INSERT ON zone WHEN NEW.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'zone', NEW.kind, 'district', '', '', '', 1 WHERE TRUE UNION ALL
    SELECT 'zone', NEW.kind, 'community', coalesce(NEW.community_code, ''), '', '', 1 WHERE TRUE UNION ALL
    SELECT 'zone', NEW.kind, 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), '', 1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER zone_recounted AFTER UPDATE OF valid_to_s, cell_code, community_code, kind ON zone
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'zone', OLD.kind, 'district', '', '', '', -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'zone', OLD.kind, 'community', coalesce(OLD.community_code, ''), '', '', -1 WHERE OLD.valid_to_s IS NULL UNION ALL
    SELECT 'zone', OLD.kind, 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), '', -1 WHERE OLD.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'zone', NEW.kind, 'district', '', '', '', 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'zone', NEW.kind, 'community', coalesce(NEW.community_code, ''), '', '', 1 WHERE NEW.valid_to_s IS NULL UNION ALL
    SELECT 'zone', NEW.kind, 'cell', coalesce(NEW.community_code, ''), coalesce(NEW.cell_code, ''), '', 1 WHERE NEW.valid_to_s IS NULL
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;
CREATE TRIGGER zone_uncounted AFTER DELETE ON zone WHEN OLD.valid_to_s IS NULL
BEGIN
  INSERT INTO tally (thing, kind, level, community_code, cell_code, state, n)
    SELECT 'zone', OLD.kind, 'district', '', '', '', -1 WHERE TRUE UNION ALL
    SELECT 'zone', OLD.kind, 'community', coalesce(OLD.community_code, ''), '', '', -1 WHERE TRUE UNION ALL
    SELECT 'zone', OLD.kind, 'cell', coalesce(OLD.community_code, ''), coalesce(OLD.cell_code, ''), '', -1 WHERE TRUE
    ON CONFLICT (thing, kind, level, community_code, cell_code, state) DO UPDATE SET n = tally.n + excluded.n;
END;

-- What the words of a thing are looked up in: rowid is the row's fid, words are those core/words.c makes of its texts. Rows are
-- never taken out, as those of the register are not; who asks holds what is found against the rows that count.
CREATE VIRTUAL TABLE asset_words USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE building_words USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE permit_words USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE zone_words USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii');

CREATE TABLE code (                                -- a code means something only together with its scheme
  scheme TEXT NOT NULL,
  version TEXT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('part', 'event')),
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  valid_from_s INTEGER NOT NULL,
  valid_to_s INTEGER,
  PRIMARY KEY (scheme, version, kind, code)        -- part 0201 is a car park, event 0201 an illegal flyer
);

-- --- Surveys, comparisons, changes -----------------------------------------------------------------------------------------

CREATE TABLE survey (                              -- 普查/期次: one look at the ground
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('footprints', 'ortho', 'dsm')),
  taken_at_s INTEGER NOT NULL,
  source TEXT NOT NULL DEFAULT '',
  accuracy_m REAL,
  min_area_m2 REAL,                                -- the capture rule: smaller was not drawn
  outline TEXT NOT NULL DEFAULT 'unknown' CHECK (outline IN ('roof', 'wall', 'unknown')),
  original_name TEXT NOT NULL,
  original_sha256 TEXT NOT NULL UNIQUE,            -- the same file twice is the same survey
  archive_sha256 TEXT NOT NULL,                    -- FlatGeobuf in blobs/
  crs TEXT NOT NULL,
  features INTEGER NOT NULL,
  id_field TEXT, height_field TEXT, floors_field TEXT, dissolve_by TEXT,   -- fields of the archive
  added_at_s INTEGER NOT NULL
);
SELECT AddGeometryColumn('survey', 'geom', 4326, 'MULTIPOLYGON', 2);     -- coverage; NULL: everywhere in its extent
SELECT CreateSpatialIndex('survey', 'geom');

CREATE TABLE survey_file (                         -- the original, file by file (a shapefile has several); in blobs/
  survey_id TEXT NOT NULL REFERENCES survey (id),
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (survey_id, name)
);

CREATE TABLE comparison (                          -- 比对
  id TEXT PRIMARY KEY,
  before_id TEXT NOT NULL REFERENCES survey (id),
  after_id TEXT NOT NULL REFERENCES survey (id),
  before_sha256 TEXT NOT NULL,
  after_sha256 TEXT NOT NULL,
  parameters TEXT NOT NULL,                        -- JSON
  program_version TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
  summary TEXT NOT NULL DEFAULT '{}',              -- JSON, as diff --json says it
  expected_false_alarms REAL,
  started_at_s INTEGER NOT NULL,
  ended_at_s INTEGER
);
CREATE INDEX comparison_same ON comparison (before_sha256, after_sha256, state);   -- the same again is told, unless asked for

CREATE TABLE change (                              -- 疑似图斑; a clue, never a verdict
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  comparison_id TEXT NOT NULL REFERENCES comparison (id),
  number INTEGER NOT NULL,                         -- its rank in the comparison's own list
  object_id TEXT NOT NULL,                         -- follows a thing on the ground over several comparisons
  class TEXT NOT NULL,
  relation TEXT NOT NULL,
  before_ids TEXT NOT NULL, after_ids TEXT NOT NULL,
  area_before_m2 REAL, area_after_m2 REAL,
  gained_m2 REAL, gained_sd_m2 REAL, lost_m2 REAL, lost_sd_m2 REAL,
  width_m REAL,
  height_before_m REAL, height_after_m REAL, height_change_m REAL,
  z REAL NOT NULL,
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  registration_x_m REAL, registration_y_m REAL, registration_sd_m REAL,
  reasons TEXT NOT NULL DEFAULT '',                -- codes, comma between
  counter_reasons TEXT NOT NULL DEFAULT '',
  legal_codes TEXT NOT NULL DEFAULT '',            -- NO_PERMIT, EXCEEDS_AREA, ...
  permit_number TEXT,
  p_no_cover REAL,                                 -- probability that no permit covers it
  zone_kind TEXT, zone_share REAL, zone_p REAL,    -- the heaviest zone: share of the ground, probability of being inside
  severity REAL,                                   -- 0..1
  suspicion REAL,                                  -- confidence x p_no_cover x severity
  stock TEXT NOT NULL DEFAULT 'new' CHECK (stock IN ('new', 'existing')),   -- 新增 / 存量
  state TEXT NOT NULL DEFAULT 'open' CHECK (state = 'open' OR state = 'confirmed' OR state = 'dismissed' OR state = 'legal' OR state = 'capture_rule' OR state = 'referred'),
  reviewed_by TEXT REFERENCES actor (id),
  reviewed_at_s INTEGER,
  review_note TEXT NOT NULL DEFAULT '',
  inherited_from TEXT,                             -- the change of an earlier comparison whose decision this one carries
  woken_by TEXT NOT NULL DEFAULT '',               -- why an inherited decision does not hold any more
  audit_slot INTEGER NOT NULL DEFAULT 0,           -- drawn at random for the precision estimate
  cell_code TEXT,
  community_code TEXT
);
SELECT AddGeometryColumn('change', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('change', 'geom');
CREATE INDEX change_comparison ON change (comparison_id, suspicion);
CREATE INDEX change_object ON change (object_id);
CREATE INDEX change_state ON change (state, suspicion);
CREATE INDEX change_cell ON change (cell_code);

-- --- Findings, evidence, cases, leads --------------------------------------------------------------------------------------

CREATE TABLE finding (                             -- 上报
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  number TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,                            -- patrol, call, letter, visit, media, public, ...
  scheme TEXT, code TEXT,
  text TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'reported' CHECK (state = 'reported' OR state = 'verified' OR state = 'dismissed' OR state = 'duplicate'),
  state_before TEXT NOT NULL DEFAULT '',           -- where a suspension or a merge leads back to
  steps INTEGER NOT NULL DEFAULT 0,                -- rows of table step
  agency_id TEXT REFERENCES agency (id),           -- whose turn it is, or who must handle it
  made_by TEXT NOT NULL,                           -- who reported, drafted or asked
  onward_by TEXT NOT NULL DEFAULT '',              -- who took the last step onward
  returned_to TEXT NOT NULL DEFAULT '',            -- whoever a return went to may not do the next forward step
  stage TEXT NOT NULL DEFAULT '',                  -- what must be done by due_at_s: register, dispatch, handle, receive, ...
  stage_at_s INTEGER NOT NULL,                     -- when the present stage began, and its clock
  limit_amount INTEGER, limit_unit TEXT,           -- NULL: no limit is known for this stage
  is_limit_legal INTEGER NOT NULL DEFAULT 0,
  extension_amount INTEGER NOT NULL DEFAULT 0,     -- granted in this stage, in limit_unit
  extended INTEGER NOT NULL DEFAULT 0,             -- how often
  suspended INTEGER NOT NULL DEFAULT 0,            -- how often
  due_at_s INTEGER,                                -- NULL: no limit, or the clock stands
  is_due_provisional INTEGER NOT NULL DEFAULT 0,   -- past the last known calendar year
  is_exempt INTEGER NOT NULL DEFAULT 0,            -- an appeal was upheld: late, but not counted
  told_rest TEXT NOT NULL DEFAULT '',               -- digest of what no step moves (core/told.h)
  seen_at_s INTEGER NOT NULL,
  accuracy_m REAL,
  crs TEXT NOT NULL DEFAULT 'EPSG:4326',
  given_x REAL, given_y REAL,                      -- the coordinates as sent
  cell_code TEXT,
  community_code TEXT,
  made_at_s INTEGER NOT NULL
);
SELECT AddGeometryColumn('finding', 'geom', 4326, 'POINT', 2);
SELECT CreateSpatialIndex('finding', 'geom');
CREATE INDEX finding_state ON finding (state);

CREATE TABLE evidence (                            -- 证据: an original file in blobs/, by its SHA-256
  id TEXT PRIMARY KEY,
  thing TEXT NOT NULL,
  thing_id TEXT NOT NULL,
  part TEXT NOT NULL DEFAULT 'other' CHECK (part = 'near' OR part = 'far' OR part = 'reference' OR part = 'before' OR part = 'after' OR part = 'paper' OR part = 'other'),
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  lon REAL, lat REAL,
  captured_at_s INTEGER,
  captured_by TEXT,
  device TEXT NOT NULL DEFAULT '',
  added_at_s INTEGER NOT NULL
);
CREATE INDEX evidence_thing ON evidence (thing_id);          -- ids are of one thing only

CREATE TABLE case_file (                           -- 案卷 ("case" is a word of SQL and of C)
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  number TEXT NOT NULL UNIQUE,                     -- district, kind, year, sequence: what people say
  kind TEXT NOT NULL,                              -- illegal_building, billboard, ...: data/terms
  title TEXT NOT NULL,
  source TEXT NOT NULL,                            -- survey, patrol, call, letter, visit, media, assigned, ...
  scheme TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '',
  condition INTEGER NOT NULL DEFAULT 1,            -- 立案条件, which has a limit of its own
  track TEXT NOT NULL DEFAULT 'ordinary' CHECK (track IN ('ordinary', 'fast')),     -- 即查即拆
  stock TEXT NOT NULL DEFAULT 'new' CHECK (stock IN ('new', 'existing')),           -- 新增 / 存量
  in_progress INTEGER NOT NULL DEFAULT 0,          -- 在建, else 已建成
  state TEXT NOT NULL,                             -- core/lifecycle
  state_before TEXT NOT NULL DEFAULT '',           -- where a suspension or a merge leads back to
  steps INTEGER NOT NULL DEFAULT 0,                -- rows of table step
  agency_id TEXT REFERENCES agency (id),           -- whose turn it is, or who must handle it
  made_by TEXT NOT NULL,                           -- who reported, drafted or asked
  onward_by TEXT NOT NULL DEFAULT '',              -- who took the last step onward
  returned_to TEXT NOT NULL DEFAULT '',            -- whoever a return went to may not do the next forward step
  stage TEXT NOT NULL DEFAULT '',                  -- what must be done by due_at_s: register, dispatch, handle, receive, ...
  stage_at_s INTEGER NOT NULL,                     -- when the present stage began, and its clock
  limit_amount INTEGER, limit_unit TEXT,           -- NULL: no limit is known for this stage
  is_limit_legal INTEGER NOT NULL DEFAULT 0,
  extension_amount INTEGER NOT NULL DEFAULT 0,     -- granted in this stage, in limit_unit
  extended INTEGER NOT NULL DEFAULT 0,             -- how often
  suspended INTEGER NOT NULL DEFAULT 0,            -- how often
  due_at_s INTEGER,                                -- NULL: no limit, or the clock stands
  is_due_provisional INTEGER NOT NULL DEFAULT 0,   -- past the last known calendar year
  is_exempt INTEGER NOT NULL DEFAULT 0,            -- an appeal was upheld: late, but not counted
  told_rest TEXT NOT NULL DEFAULT '',               -- digest of what no step moves (core/told.h)
  priority INTEGER NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  rule TEXT NOT NULL DEFAULT '',                   -- the routing rule that named the agency; '' not routed yet
  rule_stage TEXT, rule_amount INTEGER, rule_unit TEXT, is_rule_legal INTEGER NOT NULL DEFAULT 0, -- its own limit for that stage
  facts TEXT NOT NULL DEFAULT '{}',                -- JSON: what else rules may ask: party_is_official, obstructed, land, ...
  party TEXT NOT NULL DEFAULT '',                  -- 当事人
  area_m2 REAL,                                    -- illegal area
  measured_area_m2 REAL,                           -- removed, as measured at the final check
  ordered_by TEXT NOT NULL DEFAULT '',             -- fast track: who ordered the stop
  party_present TEXT NOT NULL DEFAULT '' CHECK (party_present = '' OR party_present = 'present' OR party_present = 'absent'),
  building_result TEXT NOT NULL DEFAULT '' CHECK (building_result = '' OR building_result = 'demolished_self' OR building_result = 'demolished_assisted' OR building_result = 'demolished_forced' OR building_result = 'confiscated' OR building_result = 'corrected'),
  fine_result TEXT NOT NULL DEFAULT '',            -- fined, first_breach, none
  opened_at_s INTEGER NOT NULL,
  registered_at_s INTEGER, dispatched_at_s INTEGER, handled_at_s INTEGER, checked_at_s INTEGER, closed_at_s INTEGER,
  recurrence_of TEXT,                              -- the closed case this one repeats (死灰复燃)
  merged_into TEXT,
  review_at_s INTEGER,                             -- deferred or suspended until
  lon REAL, lat REAL,                              -- where to go, also when there is no outline
  closing_proposed TEXT NOT NULL DEFAULT '',       -- the comparison that shows it gone; a person decides
  cell_code TEXT,
  community_code TEXT
);
SELECT AddGeometryColumn('case_file', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('case_file', 'geom');
CREATE INDEX case_state ON case_file (state, due_at_s);
CREATE INDEX case_cell ON case_file (cell_code);
CREATE INDEX case_agency ON case_file (agency_id);
CREATE INDEX case_queue ON case_file (agency_id)   -- what an agency has to handle; few, and most moves pass it by
  WHERE state = 'dispatched' OR state = 'handling' OR state = 'rework' OR state = 'fast_handling';

CREATE TABLE case_link (                           -- what a case was opened from
  case_id TEXT NOT NULL REFERENCES case_file (id),
  thing TEXT NOT NULL CHECK (thing = 'change' OR thing = 'finding' OR thing = 'building' OR thing = 'asset'),
  thing_id TEXT NOT NULL,
  PRIMARY KEY (case_id, thing, thing_id)
);
CREATE INDEX case_link_thing ON case_link (thing, thing_id);

CREATE TABLE clock_pause (                         -- 挂账, waiting for a determination: the clock stands
  thing TEXT NOT NULL,
  thing_id TEXT NOT NULL,
  step INTEGER NOT NULL,                           -- the step that stopped it
  from_s INTEGER NOT NULL,
  to_s INTEGER,                                    -- NULL: it still stands
  PRIMARY KEY (thing_id, step)
);

CREATE TABLE step (                                -- 办理过程: every move of a case, lead, finding or proceeding, in order
  thing TEXT NOT NULL,
  thing_id TEXT NOT NULL,
  seq INTEGER NOT NULL,                            -- 1 is the birth
  at_s INTEGER NOT NULL,
  verb TEXT NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL,
  stage TEXT NOT NULL,                             -- the stage it was in, and the deadline of it
  due_at_s INTEGER,
  actor_id TEXT NOT NULL,
  agency_id TEXT,                                  -- of the actor
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (thing_id, seq)
) WITHOUT ROWID;                                   -- a record's steps lie together: one tree to write, one place to read

CREATE TABLE paper (                               -- 文书: what was decided, served, announced, signed
  id TEXT PRIMARY KEY,
  thing TEXT NOT NULL,
  thing_id TEXT NOT NULL,
  kind TEXT NOT NULL,                              -- stop_notice, determination, decision, urging, announcement, ...: core/paper.h
  number TEXT NOT NULL,
  dated_s INTEGER NOT NULL,
  served_s INTEGER, served_how TEXT NOT NULL DEFAULT '',   -- 送达
  until_s INTEGER,                                 -- end of the period it sets
  result TEXT NOT NULL DEFAULT '',
  sha256 TEXT,                                     -- the original in blobs/
  made_by TEXT NOT NULL,
  made_at_s INTEGER NOT NULL
);
CREATE INDEX paper_thing ON paper (thing_id);

CREATE TABLE proceeding (                          -- 附属程序: what walks beside a case or a lead: extension, appeal, enforcement, ...
  id TEXT PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  thing TEXT NOT NULL CHECK (thing = 'extension' OR thing = 'appeal' OR thing = 'enforcement' OR thing = 'notice' OR thing = 'conference'),
  about TEXT NOT NULL,                             -- case or lead
  about_id TEXT NOT NULL,
  amount INTEGER,                                  -- of an extension, in the limit's unit
  state TEXT NOT NULL,                             -- core/lifecycle
  state_before TEXT NOT NULL DEFAULT '',           -- where a suspension or a merge leads back to
  steps INTEGER NOT NULL DEFAULT 0,                -- rows of table step
  agency_id TEXT REFERENCES agency (id),           -- whose turn it is, or who must handle it
  made_by TEXT NOT NULL,                           -- who reported, drafted or asked
  onward_by TEXT NOT NULL DEFAULT '',              -- who took the last step onward
  returned_to TEXT NOT NULL DEFAULT '',            -- whoever a return went to may not do the next forward step
  stage TEXT NOT NULL DEFAULT '',                  -- what must be done by due_at_s: register, dispatch, handle, receive, ...
  stage_at_s INTEGER NOT NULL,                     -- when the present stage began, and its clock
  limit_amount INTEGER, limit_unit TEXT,           -- NULL: no limit is known for this stage
  is_limit_legal INTEGER NOT NULL DEFAULT 0,
  extension_amount INTEGER NOT NULL DEFAULT 0,     -- granted in this stage, in limit_unit
  extended INTEGER NOT NULL DEFAULT 0,             -- how often
  suspended INTEGER NOT NULL DEFAULT 0,            -- how often
  due_at_s INTEGER,                                -- NULL: no limit, or the clock stands
  is_due_provisional INTEGER NOT NULL DEFAULT 0,   -- past the last known calendar year
  is_exempt INTEGER NOT NULL DEFAULT 0,            -- an appeal was upheld: late, but not counted
  told_rest TEXT NOT NULL DEFAULT '',               -- digest of what no step moves (core/told.h)
  made_at_s INTEGER NOT NULL
);
CREATE INDEX proceeding_about ON proceeding (about_id, thing);

CREATE TABLE lead (                                -- 线索: facts handed to an agency
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  number TEXT NOT NULL UNIQUE,                     -- secret ones have chance in theirs, so that no gap tells of them
  case_id TEXT NOT NULL REFERENCES case_file (id),
  kind TEXT NOT NULL,
  secrecy TEXT NOT NULL DEFAULT 'ordinary' CHECK (secrecy IN ('ordinary', 'internal', 'secret')),   -- secret: in `sealed`
  state TEXT NOT NULL,                             -- core/lifecycle
  state_before TEXT NOT NULL DEFAULT '',           -- where a suspension or a merge leads back to
  steps INTEGER NOT NULL DEFAULT 0,                -- rows of table step
  agency_id TEXT REFERENCES agency (id),           -- whose turn it is, or who must handle it
  made_by TEXT NOT NULL,                           -- who reported, drafted or asked
  onward_by TEXT NOT NULL DEFAULT '',              -- who took the last step onward
  returned_to TEXT NOT NULL DEFAULT '',            -- whoever a return went to may not do the next forward step
  stage TEXT NOT NULL DEFAULT '',                  -- what must be done by due_at_s: register, dispatch, handle, receive, ...
  stage_at_s INTEGER NOT NULL,                     -- when the present stage began, and its clock
  limit_amount INTEGER, limit_unit TEXT,           -- NULL: no limit is known for this stage
  is_limit_legal INTEGER NOT NULL DEFAULT 0,
  extension_amount INTEGER NOT NULL DEFAULT 0,     -- granted in this stage, in limit_unit
  extended INTEGER NOT NULL DEFAULT 0,             -- how often
  suspended INTEGER NOT NULL DEFAULT 0,            -- how often
  due_at_s INTEGER,                                -- NULL: no limit, or the clock stands
  is_due_provisional INTEGER NOT NULL DEFAULT 0,   -- past the last known calendar year
  is_exempt INTEGER NOT NULL DEFAULT 0,            -- an appeal was upheld: late, but not counted
  told_rest TEXT NOT NULL DEFAULT '',               -- digest of what no step moves (core/told.h)
  priority INTEGER NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  rule TEXT NOT NULL DEFAULT '',                   -- the routing rule that asked for it
  snapshot TEXT NOT NULL,                          -- JSON: the facts as they were; later edits of the case never reach it
  made_at_s INTEGER NOT NULL,
  sent_at_s INTEGER, received_at_s INTEGER, answered_at_s INTEGER, closed_at_s INTEGER,
  receipt_number TEXT, received_by TEXT,
  answer TEXT NOT NULL DEFAULT '',
  return_reason TEXT NOT NULL DEFAULT '',
  reminders INTEGER NOT NULL DEFAULT 0,
  linked_from TEXT,                                -- the lead this one continues or was split from
  cell_code TEXT,
  community_code TEXT
);
SELECT AddGeometryColumn('lead', 'geom', 4326, 'MULTIPOLYGON', 2);
SELECT CreateSpatialIndex('lead', 'geom');
CREATE INDEX lead_queue ON lead (agency_id, state, due_at_s);
CREATE INDEX lead_case ON lead (case_id);
CREATE UNIQUE INDEX lead_rule ON lead (case_id, rule) WHERE rule <> '';  -- routing twice drafts nothing twice

CREATE TABLE compartment (                         -- 密件区: where leads to an agency lie that are secret (core/compartment.h)
  agency_id TEXT PRIMARY KEY REFERENCES agency (id),
  public_key TEXT NOT NULL CHECK (length(public_key) = 64),
  made_by TEXT NOT NULL REFERENCES actor (id),
  made_at_s INTEGER NOT NULL
);

CREATE TABLE sealed (                              -- 密件: a secret lead with all that belongs to it, for the holder of the key alone
  id TEXT PRIMARY KEY,                             -- chance: it tells nothing
  box BLOB NOT NULL
);

CREATE TABLE number_series (                       -- the numbers people see, without gaps
  series TEXT PRIMARY KEY,
  last INTEGER NOT NULL
);

-- --- Calendar, limits, rules: data ------------------------------------------------------------------------------------------

CREATE TABLE calendar (                            -- 工作日历: versions stay
  id TEXT PRIMARY KEY,
  year INTEGER NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,                          -- holiday-cn JSON
  sha256 TEXT NOT NULL UNIQUE,
  loaded_at_s INTEGER NOT NULL,
  UNIQUE (year, version)
);

CREATE TABLE work_period (                         -- summer and winter hours
  fid INTEGER PRIMARY KEY,
  valid_from TEXT NOT NULL,                        -- day, YYYY-MM-DD
  valid_to TEXT,
  weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),   -- bit 0 Monday
  from_s INTEGER NOT NULL, to_s INTEGER NOT NULL CHECK (to_s > from_s)   -- seconds of the day
);

CREATE TABLE document (                            -- what a district lays down for itself: JSON as loaded, versions stay (core/document.h)
  kind TEXT NOT NULL CHECK (kind IN ('codes', 'limits', 'rules', 'agencies', 'terms', 'layers')),
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  text TEXT NOT NULL,                              -- '': withdrawn, the program's own counts again
  sha256 TEXT NOT NULL,
  loaded_by TEXT NOT NULL REFERENCES actor (id),
  loaded_at_s INTEGER NOT NULL,
  PRIMARY KEY (kind, name, version)
);

-- --- Audit --------------------------------------------------------------------------------------------------------------------

CREATE TABLE audit (                               -- 审计: each row carries the hash of the one before
  seq INTEGER PRIMARY KEY,
  at_s INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  thing TEXT NOT NULL,
  thing_id TEXT NOT NULL,
  note TEXT NOT NULL,
  before_sha256 TEXT NOT NULL,                     -- of the record, '' when it did not exist
  after_sha256 TEXT NOT NULL,
  hash TEXT NOT NULL                               -- SHA-256 over the last hash and all of the above
);
CREATE INDEX audit_thing ON audit (thing, thing_id);

CREATE TABLE audit_head (                          -- where the chain ends: cutting its tail off shows
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.seq IS NULL OR NEW.seq <> (SELECT seq + 1 FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'audit rows are added at the end only'); END;   -- REPLACE meets this one too
CREATE TRIGGER audit_moves_head AFTER INSERT ON audit
BEGIN UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE one = 1; END;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the end of the audit chain is never removed'); END;
CREATE TRIGGER audit_head_is_one BEFORE INSERT ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit chain has one end'); END;           -- REPLACE meets this one
CREATE TRIGGER audit_head_grows BEFORE UPDATE ON audit_head
WHEN NEW.seq <> OLD.seq + 1 OR NEW.hash IS NOT (SELECT hash FROM audit WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the end of the audit chain follows its rows only'); END;
CREATE TRIGGER cell_code_stays BEFORE UPDATE OF code, grid_id ON cell
BEGIN SELECT RAISE(ABORT, 'a cell keeps its code; retire it and make a new one'); END;
CREATE TRIGGER cell_stays BEFORE DELETE ON cell
BEGIN SELECT RAISE(ABORT, 'a cell is retired, never removed: its code must not be given again'); END;
CREATE TRIGGER lead_snapshot_stays BEFORE UPDATE OF snapshot ON lead WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a lead that left its draft keeps the facts it was sent with'); END;
CREATE TRIGGER lead_secret_is_sealed BEFORE INSERT ON lead WHEN NEW.secrecy = 'secret'
BEGIN SELECT RAISE(ABORT, 'a secret lead is sealed, never kept in the open'); END;
CREATE TRIGGER lead_stays_open BEFORE UPDATE OF secrecy ON lead WHEN NEW.secrecy = 'secret'
BEGIN SELECT RAISE(ABORT, 'a secret lead is sealed, never kept in the open'); END;
CREATE TRIGGER sealed_stays BEFORE DELETE ON sealed
BEGIN SELECT RAISE(ABORT, 'what was sealed is never removed'); END;
CREATE TRIGGER sealed_once BEFORE INSERT ON sealed WHEN EXISTS (SELECT 1 FROM sealed WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'what was sealed is never written again'); END;
CREATE TRIGGER step_stays BEFORE UPDATE ON step
BEGIN SELECT RAISE(ABORT, 'a step that was taken is never changed'); END;
CREATE TRIGGER step_is_kept BEFORE DELETE ON step
BEGIN SELECT RAISE(ABORT, 'a step that was taken is never removed'); END;
CREATE TRIGGER step_once BEFORE INSERT ON step
WHEN EXISTS (SELECT 1 FROM step WHERE thing_id = NEW.thing_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a step that was taken is never written again'); END;
