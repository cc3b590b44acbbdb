#!/bin/bash
# station.sh [--buildings N] [--rounds N] [--keep DIR] [--build DIR] - how long a comparison into a station takes beside `diff` alone, on the
# same pair of cities, turn by turn. The station holds a permit and a zone round every hundredth change; each turn writes the rows
# anew into a fresh copy of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
buildings=300000 rounds=3 keep= build=build/release
while [ $# -gt 0 ]; do
  case $1 in
    --buildings) buildings=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --keep) keep=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    *) echo "station.sh: what is $1?" >&2; exit 2 ;;
  esac
done
for program in gridpatrol city measure; do
  [ -x "$build/$program" ] || { echo "station.sh: build it first: cmake --preset release && cmake --build --preset release" >&2; exit 2; }
done
home=${keep:-$(mktemp -d /tmp/gridpatrol-station-bench-XXXXXX)}
mkdir -p "$home"
[ -n "$keep" ] || trap 'rm -rf "$home"' EXIT

crs_of() { ogrinfo -so -al "$1" | grep -o 'ID\["EPSG",[0-9]*\]\]$' | tail -1 | tr -dc 0-9; }
[ -e "$home/truth.gpkg" ] || "$build/city" make --out "$home" --buildings "$buildings" --format gpkg --seed 7 >/dev/null
crs=EPSG:$(crs_of "$home/before.gpkg")
if [ ! -d "$home/station" ]; then
  "$build/gridpatrol" init "$home/draft" --district 320612 --name 通州区 --crs "$crs" --quiet
  "$build/gridpatrol" survey add "$home/draft" "$home/before.gpkg" --name before --date 2024-06-01 --quiet >/dev/null
  "$build/gridpatrol" survey add "$home/draft" "$home/after.gpkg" --name after --date 2025-06-01 --quiet >/dev/null
  "$build/gridpatrol" diff "$home/before.gpkg" "$home/after.gpkg" -o "$home/some.gpkg" --quiet
  ogr2ogr -q -dialect SQLite -sql "SELECT ST_Buffer(geom, 3) AS geom, 'P-' || fid AS number FROM changes WHERE fid % 100 = 0" "$home/permits.gpkg" \
    "$home/some.gpkg" -nln permits
  ogr2ogr -q -dialect SQLite -sql "SELECT ST_Buffer(geom, 40) AS geom, 'farmland' AS kind, 1.0 AS weight FROM changes WHERE fid % 100 = 50" \
    "$home/zones.gpkg" "$home/some.gpkg" -nln zones
  "$build/gridpatrol" load "$home/draft" permit "$home/permits.gpkg" 2>/dev/null
  "$build/gridpatrol" load "$home/draft" zone "$home/zones.gpkg" 2>/dev/null
  mv "$home/draft" "$home/station"
fi

turn() {
  local name=$1; shift
  "$build/measure" "$home/turn" "$@" >"$home/said" 2>&1 || { echo "station.sh: $name failed:" >&2; tail -5 "$home/said" >&2; exit 1; }
  cat "$home/turn" >>"$home/turns.$name"
}
rm -f "$home"/turns.*
for round in $(seq "$rounds"); do
  rm -rf "$home/fresh"
  cp -r --reflink=auto "$home/station" "$home/fresh"
  turn diff "$build/gridpatrol" diff "$home/before.gpkg" "$home/after.gpkg" -o "$home/changes.gpkg" --quiet
  turn station "$build/gridpatrol" compare "$home/fresh" before after
done
tail -1 "$home/said" >/dev/null
median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) printf "%.3f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
column() { awk -v c="$2" '{ print $c }' "$home/turns.$1" | median; }
printf '%s\n' "$buildings against $buildings buildings, median of $rounds turns ($(nproc) processors)"
printf '%-24s %10s %10s %10s\n' what seconds 'peak MB' 'times diff'
alone=$(column diff 1)
for what in diff station; do
  s=$(column $what 1)
  printf '%-24s %10s %10.0f %10s\n' "$what" "$s" "$(column $what 2)" "$(awk -v a="$s" -v b="$alone" 'BEGIN { printf "%.2f", a / b }')"
done
grep -E "changes;|read " "$home/said" || true
"$build/gridpatrol" verify "$home/fresh" --quiet || { echo "station.sh: the station does not verify" >&2; exit 1; }
