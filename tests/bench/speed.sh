#!/bin/bash
# speed.sh [--buildings N] [--rounds N] [--format gpkg|fgb] [--postgis] [--keep DIR] [--build DIR] - how long ours takes beside others, on
# pairs of cities where 85 % of the outlines are identical and where every vertex was drawn anew. All contenders take turns
# in one run, so that a slow moment of the machine meets all of them; what counts is the ratio of medians. That of the best turns stands beside
# it: others who work on the same cores only ever add. Also: the same bytes for 1 and 2 threads and for two tile sizes.
set -euo pipefail
cd "$(dirname "$0")/../.."
buildings=1000000 rounds=3 format=gpkg postgis= keep= build=build/release
while [ $# -gt 0 ]; do
  case $1 in
    --buildings) buildings=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --format) format=$2; shift 2 ;;
    --postgis) postgis=1; shift ;;
    --keep) keep=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    *) echo "speed.sh: what is $1?" >&2; exit 2 ;;
  esac
done
for program in gridpatrol city read_layers read_past_gdal plain_geos measure; do
  [ -x "$build/$program" ] || { echo "speed.sh: build it first: cmake --preset release && cmake --build --preset release" >&2; exit 2; }
done
home=${keep:-$(mktemp -d /tmp/gridpatrol-speed-XXXXXX)}
mkdir -p "$home"
[ -n "$keep" ] || trap 'rm -rf "$home"' EXIT

# PAIR WORD...: a city, unless it is there from the last time.
make_pair() {
  local pair=$1; shift
  [ -e "$home/$pair/truth.$format" ] || "$build/city" make --out "$home/$pair" --buildings "$buildings" --format "$format" --seed 7 "$@"
}
make_pair identical --identical 0.85 --shift 0 --seam 0
make_pair redrawn --identical 0

# NAME PAIR COMMAND...: seconds, megabytes and processor seconds of one turn are added to NAME.PAIR.
turn() {
  local name=$1 pair=$2; shift 2
  "$build/measure" "$home/turn" "$@" >"$home/said" 2>&1 || { echo "speed.sh: $name failed on $pair:" >&2; tail -5 "$home/said" >&2; return 0; }
  cat "$home/turn" >>"$home/$name.$pair"
}
rm -f "$home"/*.identical "$home"/*.redrawn
for round in $(seq "$rounds"); do
  for pair in identical redrawn; do
    before=$home/$pair/before.$format after=$home/$pair/after.$format
    for _ in 1 2 3; do # what takes a second or two takes three turns for each of plain GEOS's
      turn reading "$pair" "$build/read_layers" "$before" "$after"
      turn at-once "$pair" "$build/read_layers" --at-once "$before" "$after"
      [ "$format" != gpkg ] || turn past-gdal "$pair" "$build/read_past_gdal" "$before" "$after"
      turn ours "$pair" "$build/gridpatrol" diff "$before" "$after" -o "$home/$pair/changes.gpkg" --quiet --threads 2
    done
    turn geos "$pair" "$build/plain_geos" "$before" "$after"
    if [ -n "$postgis" ] && [ "$round$pair" = 1identical ]; then # one turn: the query takes a minute, loading another
      tests/bench/postgis.sh "$before" "$after" "$home/postgis.$pair" || true
    fi
  done
done

median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) printf "%.3f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
column() { [ -e "$home/$1.$2" ] && awk -v c="$3" '{ print $c }' "$home/$1.$2" | median; }
best() { awk 'NR == 1 || $1 < m { m = $1 } END { print m }' "$home/$1.$2"; }
printf '%s\n' "$buildings against $buildings buildings, $format, median of $rounds turns of GEOS and $((3 * rounds)) of the others ($(nproc) processors)"
printf '%-10s %-9s %10s %12s %10s %10s\n' pair who seconds 'times ours' 'cpu s' 'peak MB'
for pair in identical redrawn; do
  own=$(column ours "$pair" 1)
  for who in reading at-once past-gdal ours geos postgis; do
    [ -s "$home/$who.$pair" ] || continue
    peak=$(column "$who" "$pair" 2) cpu=$(column "$who" "$pair" 3)
    [ "$who" != postgis ] || peak=- cpu=-
    awk -v p="$pair" -v w="$who" -v s="$(column "$who" "$pair" 1)" -v o="$own" -v m="$peak" -v c="$cpu" \
      'BEGIN { printf "%-10s %-9s %10.3f %12.2f %10s %10s\n", p, w, s, s / o, c, m == "-" ? m : sprintf("%.0f", m) }'
  done
done
awk -v o="$(column ours identical 1)" -v r="$(column reading identical 1)" -v ob="$(best ours identical)" -v rb="$(best reading identical)" \
  'BEGIN { printf "identical: ours is %.2f times the mere reading, one layer after the other (asked: at most 4); %.2f by the best turns\n", o / r, ob / rb }'
awk -v o="$(column ours identical 1)" -v r="$(column at-once identical 1)" 'BEGIN { printf "identical: and %.2f times the reading of both at once\n", o / r }'
[ ! -s "$home/past-gdal.identical" ] || awk -v o="$(column ours identical 1)" -v r="$(column past-gdal identical 1)" \
  'BEGIN { printf "identical: and %.2f times our own reading, past GDAL, one layer after the other\n", o / r }'
[ ! -s "$home/postgis.identical" ] || awk -v o="$(column ours identical 1)" -v p="$(column postgis identical 1)" \
  'BEGIN { printf "identical: the PostGIS query takes %.1f times ours (asked: at least 25)\n", p / o }'
awk -v o="$(column ours redrawn 1)" -v g="$(column geos redrawn 1)" -v ob="$(best ours redrawn)" -v gb="$(best geos redrawn)" \
  'BEGIN { printf "redrawn: plain GEOS takes %.1f times ours (asked: at least 8); %.1f by the best turns\n", g / o, gb / ob }'

# The same bytes, whoever does the work and however it is cut up.
same=yes
for variant in "--threads 1" "--threads 2 --tile-m 700" "--threads 1 --tile-m 5000"; do
  # shellcheck disable=SC2086
  "$build/gridpatrol" diff "$home/redrawn/before.$format" "$home/redrawn/after.$format" -o "$home/variant.gpkg" --quiet $variant
  cmp "$home/redrawn/changes.gpkg" "$home/variant.gpkg" || { echo "other bytes with $variant"; same=no; }
done
echo "same bytes for 1 and 2 threads and tiles of 700 and 5000 m: $same"
[ $same = yes ]
