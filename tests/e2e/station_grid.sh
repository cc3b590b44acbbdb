#!/bin/bash
# station_grid.sh - a grid made for a real city's neighbourhoods is whole, the one they drew themselves is not; and what ogrinfo sees.
set -euo pipefail
. "$(dirname "$0")/station.bash"
malaga=$fixtures/malaga-points
needs malaga-points
station=$home/malaga
file=$station/gridpatrol.sqlite

"$GRIDPATROL" init "$station" --district 290670 --name Málaga --crs EPSG:25830 --utc-offset 1 --quiet

# Theirs: drawn by hand, with real overlaps.
"$GRIDPATROL" cells load "$station" "$malaga/neighbourhoods.geojson" --grid drawn --code id --may-overlap --quiet
"$GRIDPATROL" cells check "$station" --grid drawn --json >"$home/drawn.json" || true
same "overlaps of theirs" "$(jq .counts.overlap "$home/drawn.json")" 2
same "severity of theirs" "$(jq -r '[.findings[] | select(.kind == "overlap") | .severity] | unique | join(" ")' "$home/drawn.json")" warning
theirs=$(jq .overlap_m2 "$home/drawn.json")

# Ours: made inside the same neighbourhoods. Where those overlap, cells of two of them do; nowhere else.
jq -c '.features |= [to_entries[] | .value.properties = { code: ("290670001" + ("00\(.key + 1)"[-3:])), name: "n\(.key + 1)" } | .value]' \
    "$malaga/neighbourhoods.geojson" >"$home/areas.geojson"
printf 'code,name\n290670001,Málaga\n' >"$home/streets.csv"
"$GRIDPATROL" load "$station" area "$home/streets.csv" --source a --quiet
"$GRIDPATROL" load "$station" area "$home/areas.geojson" --source a --quiet
for kind in glass paper; do
  "$GRIDPATROL" load "$station" collection_point "$malaga/$kind.geojson" --id-field id --source $kind --quiet
done
"$GRIDPATROL" cells make "$station" --all --default 2>"$home/said"
grep -q "cells in 324 communities" "$home/said" || fail "what was made: $(cat "$home/said")"
status=0
"$GRIDPATROL" cells check "$station" --json -o "$home/findings.gpkg" >"$home/ours.json" || status=$?
same "exit status of a grid with errors" $status 1
same "gaps and cells outside of ours" "$(jq -c '[.counts.gap, .counts.outside, .counts.code_form, .counts.code_twice]' "$home/ours.json")" "[0,0,0,0]"
same "overlaps within a neighbourhood" "$(jq '[.findings[] | select(.kind == "overlap" and .cell[0:12] == .other[0:12])] | length' "$home/ours.json")" 0
awk -v a="$theirs" -v b="$(jq .overlap_m2 "$home/ours.json")" 'BEGIN { exit !(a > 1000 && (a - b) ^ 2 < 1) }' ||
  fail "theirs overlap by $theirs m2, ours by $(jq .overlap_m2 "$home/ours.json")"
same "findings in the layer" "$(ogrinfo -so -q "$home/findings.gpkg" findings >/dev/null && ogrinfo -so "$home/findings.gpkg" findings | sed -n 's/^Feature Count: //p')" \
     "$(jq '.findings | length' "$home/ours.json")"
"$GRIDPATROL" cells make "$station" --all --quiet
same "codes kept when the same is made again" "$(sql "$station" "SELECT count(DISTINCT code) AS n FROM cell WHERE length(code) = 15")" "$(jq .cells "$home/ours.json")"

# What a map program finds: every layer, its rows, its extent, its types; the same after VACUUM.
look() {
  for layer in area cell billboard building collection_point construction_site permit public_toilet recycling_point shop_sign transfer_station waste_dump zone; do
    ogrinfo -so "$file" "map_$layer" >"$home/layer" || fail "ogrinfo does not open map_$layer"
    grep -q '^Geometry: \(Point\|Multi Polygon\)' "$home/layer" || fail "map_$layer has no geometry"
    grep -q 'ID\["EPSG",4326\]' "$home/layer" || fail "map_$layer has no reference system"
  done
  ogrinfo -so "$file" map_collection_point >"$home/layer"
  same "points" "$(sed -n 's/^Feature Count: //p' "$home/layer")" "$(sql "$station" "SELECT count(*) AS n FROM asset WHERE valid_to_s IS NULL")"
  grep -q '^checked_at: Date' "$home/layer" || fail "a date is none: $(grep '^checked_at' "$home/layer")"
  grep -q '^capacity: Real' "$home/layer" || fail "a number is none: $(grep '^capacity' "$home/layer")"
  grep -q '^Extent: (-4\.[0-9]*, 36\.[0-9]*) - (-4\.[0-9]*, 36\.[0-9]*)' "$home/layer" || fail "extent: $(grep Extent "$home/layer")"
  same "cells" "$(ogrinfo -so "$file" map_cell | sed -n 's/^Feature Count: //p')" "$(sql "$station" "SELECT count(*) AS n FROM cell WHERE state = 'active'")"
  inside=$(ogrinfo -so -spat -4.45 36.70 -4.40 36.75 "$file" map_collection_point | sed -n 's/^Feature Count: //p')
  exact=$(sql "$station" "SELECT count(*) AS n FROM asset WHERE valid_to_s IS NULL AND ST_X(geom) BETWEEN -4.45 AND -4.40 AND ST_Y(geom) BETWEEN 36.70 AND 36.75")
  [ $((inside - exact)) -ge 0 ] && [ $((inside - exact)) -le 2 ] || fail "$inside points in a window, $exact expected" # the index counts in single precision
  [ "$inside" -gt 100 ] || fail "the window is all but empty: $inside"
}
look
ogrinfo -q "$file" -sql VACUUM >/dev/null
look
"$GRIDPATROL" verify "$station" --quiet || fail "the station does not verify"
echo "station_grid: holds"
