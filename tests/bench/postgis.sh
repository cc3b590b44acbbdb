#!/bin/bash
# postgis.sh BEFORE AFTER [RESULT] - the PostGIS recipe on the same two layers: every pair whose outlines intersect, its common
# area by ST_Intersection, LINZ's rule (more than 5 % of both), counts for each side. PostgreSQL and PostGIS come from Debian
# where they are missing, run in a folder of their own behind a socket there, and are gone afterwards. Loading, index and
# repair are not part of the time that counts. RESULT gets the seconds of the query, and of loading.
set -euo pipefail
[ $# -ge 2 ] || { echo "use: postgis.sh BEFORE AFTER [RESULT]" >&2; exit 2; }
before=$(realpath "$1"); after=$(realpath "$2"); result=${3:-/dev/null}

missing() { ! compgen -G "$1" >/dev/null; }
if missing '/usr/lib/postgresql/*/bin/initdb' || missing '/usr/share/postgresql/*/extension/postgis.control' || ! command -v ogr2ogr >/dev/null; then
  as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql postgresql-15-postgis-3 gdal-bin
fi
bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb | tail -1)")

# PostgreSQL refuses to run as root; Debian's package brings a user for it.
home=$(mktemp -d /tmp/gridpatrol-postgis-XXXXXX)
as_owner=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$home"; as_owner=(runuser -u postgres --)
fi
stop() { "${as_owner[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"; }
trap stop EXIT

(
  cd "$home"
  "${as_owner[@]}" "$bin/initdb" -D "$home/data" -U bench -A trust -E UTF8 --no-locale >/dev/null
  "${as_owner[@]}" tee -a "$home/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$home'
shared_buffers = 512MB
work_mem = 256MB
maintenance_work_mem = 512MB
fsync = off
synchronous_commit = off
max_wal_size = 8GB
max_parallel_workers_per_gather = 2
parallel_leader_participation = off
parallel_setup_cost = 0
parallel_tuple_cost = 0
min_parallel_table_scan_size = 0
jit = off
CONF
  "${as_owner[@]}" "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w start >/dev/null
)
sql() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$home" -U bench -d "${base:-bench}" "$@"; }
base=postgres sql -c 'create database bench'
sql -c 'create extension postgis'

start=$(date +%s.%N)
for side in before after; do
  ogr2ogr -q -f PostgreSQL "PG:host=$home user=bench dbname=bench" "${!side}" -nln "$side" -nlt GEOMETRY -lco GEOMETRY_NAME=geom \
    -lco FID=gid -lco SPATIAL_INDEX=NONE -lco UNLOGGED=ON -select '' --config PG_USE_COPY YES
  sql -c "update $side set geom = ST_MakeValid(geom) where not ST_IsValid(geom)" -c "create index on $side using gist (geom)" \
      -c "vacuum analyze $side" 2>/dev/null
done
loaded=$(date +%s.%N)

# The counts of each side by window functions: joins over a CTE without statistics become nested loops, which would be unfair.
recipe="
with pair as materialized (
  select b.gid as b, a.gid as a, ST_Area(ST_Intersection(b.geom, a.geom)) as common, ST_Area(b.geom) as area_b, ST_Area(a.geom) as area_a
  from before b join after a on ST_Intersects(b.geom, a.geom)),
related as (
  select b, a, count(*) over (partition by b) as of_b, count(*) over (partition by a) as of_a
  from pair where common > 0.05 * area_b and common > 0.05 * area_a)
select (select count(*) from pair) as touching, count(*) as pairs,
       (select count(*) from before) - count(distinct b) as removed,
       (select count(*) from after) - count(distinct a) as added,
       count(*) filter (where of_b = 1 and of_a = 1) as matched
from related"
sql -c 'explain '"$recipe" | grep -c 'Workers Planned: 2' >/dev/null || echo "postgis.sh: the plan uses no workers" >&2
sql -c "$recipe" -P expanded=auto
done_at=$(date +%s.%N)
awk -v s="$start" -v l="$loaded" -v d="$done_at" -v out="$result" 'BEGIN {
  printf "PostGIS: loading %.2f s, query %.2f s\n", l - s, d - l; printf "%.3f %.3f\n", d - l, l - s > out }'
