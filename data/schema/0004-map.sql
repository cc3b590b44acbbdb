-- What maps of a small scale show of large registers: one feature in 256, by the last digits of its id (core/feature_tile.h).
CREATE INDEX asset_far ON asset (kind) WHERE valid_to_s IS NULL AND substr(id, -2) = '00';
CREATE INDEX building_far ON building (fid) WHERE valid_to_s IS NULL AND substr(id, -2) = '00';
CREATE INDEX permit_far ON permit (fid) WHERE valid_to_s IS NULL AND substr(id, -2) = '00';
CREATE INDEX zone_far ON zone (fid) WHERE valid_to_s IS NULL AND substr(id, -2) = '00';
