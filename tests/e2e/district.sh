#!/bin/bash
# district.sh - a made-up district from its deliveries to its suspicions: all is taken, every count is the maker's, and what the
# station says of permits is held against the truth.
set -euo pipefail
. "$(dirname "$0")/station.bash"
maker=$(dirname "$GRIDPATROL")/district
[ -x "$maker" ] || { echo "skipped: no district maker at $maker"; exit 77; }
said() { grep -qF "$1" "$home/said" || fail "not said: $1 ($(tr '\n' ' ' <"$home/said"))"; }
in=$home/in station=$home/station

# The same seed gives the same bytes, another seed another district.
"$maker" make --out "$in" --buildings 2000 --seed 11 >/dev/null
"$maker" make --out "$home/again" --buildings 2000 --seed 11 >/dev/null
"$maker" make --out "$home/other" --buildings 2000 --seed 12 >/dev/null
diff -rq "$in" "$home/again" || fail "the same seed gave two districts"
cmp -s "$in/district.json" "$home/other/district.json" && fail "two seeds gave the same district"

# Areas, zones, permits.
"$GRIDPATROL" init "$station" --district 320699 --name 江澜区 --crs EPSG:4549 --baseline 2025-06-01 --quiet
"$GRIDPATROL" load "$station" area "$in/streets.gpkg" --source maker --quiet
"$GRIDPATROL" load "$station" area "$in/communities.gpkg" --source maker --quiet
same streets "$(sql "$station" "SELECT count(*) AS n FROM area WHERE level = 'street'")" "$(jq .streets "$in/district.json")"
same communities "$(sql "$station" "SELECT count(*) AS n FROM area WHERE level = 'community'")" "$(jq .communities "$in/district.json")"
"$GRIDPATROL" load "$station" zone "$in/zones.gpkg" 2>"$home/said"
said "5 rows read: 5 added"
"$GRIDPATROL" load "$station" permit "$in/permits.gpkg" --id-field 许可证号 2>"$home/said"
permits=$(jq .permits "$in/district.json")
said "$permits rows read: $permits added"

# Things: every row is taken, no field is left over, and a delivery in GCJ-02 lands in the district.
for layer in billboard shop_sign recycling_point public_toilet transfer_station construction_site waste_dump; do
  file=$(ls "$in/$layer"s.*)
  "$GRIDPATROL" load "$station" "$layer" "$file" --id-field id 2>"$home/said"
  grep -q "no property takes" "$home/said" && fail "$layer: $(cat "$home/said")"
done
"$GRIDPATROL" load "$station" collection_point "$in/collection_points_gcj02.geojson" --crs GCJ-02 --id-field id --quiet
same things "$(sql "$station" "SELECT count(*) AS n FROM asset WHERE valid_to_s IS NULL")" "$(jq .things "$in/district.json")"
outside=$(sql "$station" "SELECT count(*) AS n FROM asset WHERE kind = 'collection_point' AND NOT EXISTS
  (SELECT 1 FROM area a WHERE a.level = 'street' AND ST_Intersects(a.geom, asset.geom))")
same "collection points outside of every street" "$outside" 0

# Two surveys, compared; what was found and what is said of permits against the truth.
for year in 2025 2026; do
  [ $year = 2025 ] && file=before date=2025-05-10 || file=after date=2026-10-20
  "$GRIDPATROL" survey add "$station" "$in/$file.gpkg" --name $year --date $date --accuracy-m 0.3 --id-field id --height-field height_m --quiet >/dev/null
done

# The grid: a partition of every community, and everything registered knows its cell.
# With nine digits of a degree the lines lie 0.02 mm beside the borders they follow, with seven 5 mm: with ten that left gaps.
for digits in 10 9 7; do
  jq -c --argjson one "1e$digits" '(.features[].geometry.coordinates | .. | numbers) |= (. * $one | round / $one)' "$in/lines.geojson" >"$home/lines.geojson"
  cmp -s "$in/lines.geojson" "$home/lines.geojson" && fail "the lines have no more than $digits digits"
  "$GRIDPATROL" cells make "$station" --all --lines "$home/lines.geojson" --default --quiet
  "$GRIDPATROL" cells check "$station" >"$home/said" 2>&1 || fail "lines with $digits digits: $(grep error "$home/said" | head -3)"
  said "gaps 0.000000 m2, overlaps 0.000000 m2"
done
"$GRIDPATROL" cells make "$station" --all --lines "$in/lines.geojson" --default --quiet
"$GRIDPATROL" cells check "$station" >"$home/said" 2>&1 || fail "the grid has errors: $(grep error "$home/said" | head -3)"
said "gaps 0.000000 m2, overlaps 0.000000 m2"
same "things without a cell" "$(sql "$station" "SELECT count(*) AS n FROM asset WHERE valid_to_s IS NULL AND cell_code IS NULL")" 0

# Lists: the pages together are the whole, numbers agree with them, a window holds what lies in it, words are found.
list() { "$GRIDPATROL" list "$station" "$@"; }
signs=$(jq '.features | length' "$in/shop_signs.geojson")
same "shop signs counted" "$(list shop_sign --count)" "$signs"
mark= pages=0
: >"$home/pages"
while :; do
  list shop_sign --limit 13 --json ${mark:+--after "$mark"} >"$home/page"
  jq -r '.rows[].source_id' "$home/page" >>"$home/pages"
  pages=$((pages + 1)) mark=$(jq -r '.next // ""' "$home/page")
  [ -n "$mark" ] || break
done
same "pages" $pages $(((signs + 12) / 13))
same "the pages together" "$(sort "$home/pages" | tr '\n' ' ')" "$(jq -r '.features[].properties.id' "$in/shop_signs.geojson" | sort | tr '\n' ' ')"
same "signs by community" "$(list shop_sign --by community | awk '{ n += $2 } END { print n }')" "$signs"
same "damaged signs" "$(list shop_sign --state damaged --count)" "$(jq '[.features[] | select(.properties["状态"] == "damaged")] | length' "$in/shop_signs.geojson")"
same "signs in a window" "$(list shop_sign --window 121.055,32.085,121.06,32.09 --count)" "$(jq '[.features[].geometry.coordinates
  | select(.[0] >= 121.055 and .[0] <= 121.06 and .[1] >= 32.085 and .[1] <= 32.09)] | length' "$in/shop_signs.geojson")"
same "wide signs" "$(list shop_sign --where 'width_m > 8' --count)" "$(jq '[.features[] | select(.properties.width_m > 8)] | length' "$in/shop_signs.geojson")"
name=$(jq -r '.features[7].properties["名称"]' "$in/shop_signs.geojson")
list shop_sign --words "$name" >"$home/said"
said "$(jq -r '.features[7].properties.id' "$in/shop_signs.geojson")"
status=0
list shop_sign --after nonsense 2>"$home/said" || status=$?
same "exit status of a mark that is none" $status 3
said "is no mark of a page"

"$GRIDPATROL" compare "$station" 2025 2026 >/dev/null 2>"$home/said"
said "$(jq .approved_unused "$in/district.json") permits in force have no building on them"
"$GRIDPATROL" actor add "$station" Ana --role analyst >/dev/null
"$GRIDPATROL" report "$station" unused-permits --as Ana >"$home/unused" 2>"$home/said" || fail "unused permits: $(cat "$home/said")"
grep -q "^$(jq .approved_unused "$in/district.json") permits in force" "$home/unused" || fail "unused permits: $(head -1 "$home/unused")"
same "unused permits named" "$("$GRIDPATROL" report "$station" unused-permits --json --as Ana | jq '.rows | length')" "$(jq .approved_unused "$in/district.json")"
"$GRIDPATROL" changes "$station" -o "$home/changes.gpkg" --as Ana 2>/dev/null
"$maker" score "$in" "$home/changes.gpkg" >"$home/score"
share() { sed -n "s/^$1[^/]*\/[ 0-9]* \([01][.][0-9]*\) .*/\1/p" "$home/score"; }
recall=$(share "illegal increments") precision=$(share "suspicions that are right")
[ "$(jq -n "${recall:-0} >= 0.9 and ${precision:-0} >= 0.85")" = true ] || fail "recall $recall, precision $precision: $(cat "$home/score")"

"$GRIDPATROL" verify "$station" --quiet || fail "the station does not verify"
echo "district: holds ($permits permits, recall $recall, precision $precision)"
