#!/bin/bash
# gridpatrol score, as a user meets it: the table, the JSON, both languages, and what it refuses.
set -u
home=$(mktemp -d /tmp/gridpatrol-score-XXXXXX)
trap 'rm -rf "$home"' EXIT
bad=0
export LC_ALL=C

# EXPECTED-STATUS WORD COMMAND...: the exit status, and a word that stdout or stderr must say.
expect() {
  local status=$1 word=$2; shift 2
  "$@" >"$home/out" 2>"$home/err"
  local got=$?
  if [ $got != "$status" ]; then echo "exit $got, wanted $status: $*"; cat "$home/err"; bad=1; fi
  if ! cat "$home/out" "$home/err" | grep -qF -- "$word"; then echo "does not say '$word': $*"; cat "$home/out" "$home/err"; bad=1; fi
}

square() { printf '{"type":"Feature","properties":{"class":"%s"},"geometry":{"type":"Polygon","coordinates":[[[%s,%s],[%s1,%s],[%s1,%s1],[%s,%s1],[%s,%s]]]}}' \
  "$1" "$2" "$3" "$2" "$3" "$2" "$3" "$2" "$3" "$2" "$3"; }
layer() { local IFS=,; printf '{"type":"FeatureCollection","features":[%s]}' "$*"; }
layer "$(square new 117.000 30.000)" "$(square gone 117.010 30.000)" >"$home/truth.geojson"
layer "$(square new 117.000 30.000)" "$(square new 117.020 30.000)" "$(square new 117.030 30.000)" >"$home/changes.geojson"
layer >"$home/none.geojson"
echo 'not a layer' >"$home/text.geojson"

for program in "$GRIDPATROL" "$GRIDPATROL_DEV"; do
  expect 0 '0.333 (' "$program" score "$home/changes.geojson" "$home/truth.geojson"
  expect 0 '已检出者' "$program" --lang zh score "$home/changes.geojson" "$home/truth.geojson"
  expect 0 '"truth":2,"found":1,"changes":3,"right":1,"recall":0.5,' "$program" score "$home/changes.geojson" "$home/truth.geojson" --json
  expect 0 '"truth":0,"found":0,"changes":3,"right":0,"recall":null,' "$program" score "$home/changes.geojson" "$home/none.geojson" --json
  expect 2 'CHANGES and TRUTH' "$program" score "$home/changes.geojson"
  expect 2 '--json' "$program" score "$home/changes.geojson" "$home/truth.geojson" --jsno
  expect 3 'text.geojson' "$program" score "$home/text.geojson" "$home/truth.geojson"
  expect 3 'nowhere.gpkg' "$program" score "$home/changes.geojson" "$home/nowhere.gpkg"
done
[ $bad = 0 ] && echo "score: as promised"
exit $bad
