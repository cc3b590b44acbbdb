#!/bin/bash
# station.sh - a station made from real layers: a real city's neighbourhoods and collection points, a real district's codes.
set -euo pipefail
. "$(dirname "$0")/station.bash"
needs malaga-points

# Points in neighbourhoods that overlap and leave ground between them.
malaga=$fixtures/malaga-points
"$GRIDPATROL" init "$home/malaga" --district 290670 --name Málaga --crs EPSG:25830 --utc-offset 1 --quiet
"$GRIDPATROL" cells load "$home/malaga" "$malaga/neighbourhoods.geojson" --code admin_level --quiet 2>"$home/refused" &&
  fail "one code for all cells was taken"
grep -q "given twice" "$home/refused" || fail "why it was refused: $(head -1 "$home/refused")"
"$GRIDPATROL" cells load "$home/malaga" "$malaga/neighbourhoods.geojson" --code id --cell-name name --may-overlap --quiet
for kind in glass plastic paper oil batteries; do
  "$GRIDPATROL" load "$home/malaga" collection_point "$malaga/$kind.geojson" --id-field id --source $kind 2>"$home/said"
  none=$(jq ".$kind.in_none" "$malaga/truth_points_per_neighbourhood.json")
  two=$(jq ".$kind.in_more_than_one" "$malaga/truth_points_per_neighbourhood.json")
  grep -q "^$none stand in no cell, $two in more than one" "$home/said" || [ "$none$two" = 00 ] || fail "$kind: $(cat "$home/said"); expected $none and $two"
done
# The same again changes nothing; neighbourhoods by name have the truth's counts where no point is in two of them.
"$GRIDPATROL" load "$home/malaga" collection_point "$malaga/oil.geojson" --id-field id --source oil 2>"$home/said"
grep -q "0 added, 0 changed" "$home/said" || fail "loaded twice: $(cat "$home/said")"
ogrinfo -q -dialect SQLite -sql "SELECT c.name AS name, count(*) AS n FROM asset a JOIN cell c ON c.code = a.cell_code
  WHERE a.source = 'oil' AND a.valid_to_s IS NULL GROUP BY c.name ORDER BY c.name" "$home/malaga/gridpatrol.sqlite" |
  awk -F' = ' '/name \(/ { name = $2 } / n \(/ { print name "\t" $2 }' | LC_ALL=C sort >"$home/counted"
jq -r '.oil.per_neighbourhood | to_entries[] | select(.value > 0) | "\(.key)\t\(.value)"' "$malaga/truth_points_per_neighbourhood.json" |
  LC_ALL=C sort >"$home/truth"
diff "$home/counted" "$home/truth" >"$home/differ" || fail "points per neighbourhood: $(head -5 "$home/differ")"
"$GRIDPATROL" verify "$home/malaga" --quiet || fail "the station does not verify"

# A GeoPackage that writes "undefined" says no CRS: neither the register nor the archive takes it for one.
printf 'id,WKT\n1,"POINT (121.07 32.08)"\n' >"$home/nowhere.csv"
ogr2ogr "$home/nowhere.gpkg" "$home/nowhere.csv" -oo GEOM_POSSIBLE_NAMES=WKT 2>/dev/null
for words in "load $home/malaga billboard $home/nowhere.gpkg" "survey add $home/malaga $home/nowhere.gpkg --name a --date 2020-01-01"; do
  status=0
  # shellcheck disable=SC2086
  "$GRIDPATROL" $words 2>"$home/said" || status=$?
  same "exit of $words" $status 3
  grep -q "does not say its coordinate reference system" "$home/said" || fail "why it was refused: $(cat "$home/said")"
done

# Two sources of one district's codes, and where they disagree.
codes=$fixtures/tongzhou-codes
"$GRIDPATROL" init "$home/tongzhou" --district 320612 --name 通州区 --crs EPSG:4549 --quiet
"$GRIDPATROL" load "$home/tongzhou" area "$codes/communities_320612.csv" --source a 2>"$home/said" && fail "communities without streets were taken"
grep -q "load the streets first" "$home/said" || fail "why communities were refused: $(head -1 "$home/said")"
"$GRIDPATROL" load "$home/tongzhou" area "$codes/streets_320612.csv" --source a 2>/dev/null
"$GRIDPATROL" load "$home/tongzhou" area "$codes/communities_320612.csv" --source a 2>/dev/null
same communities "$(sql "$home/tongzhou" "SELECT count(*) AS n FROM area WHERE level = 'community'")" 278
same "communities of one name" "$(sql "$home/tongzhou" "SELECT count(*) AS n FROM (SELECT 1 FROM area WHERE level = 'community' GROUP BY name_zh HAVING count(*) > 1)")" 2
"$GRIDPATROL" load "$home/tongzhou" area "$codes/areacity_320612.csv" --source b --map id=code,ext_name=name 2>"$home/said"
for sentence in "320612002 is 先锋街道 here and 兴东街道 in a" "320612003 is 兴东街道 here and 先锋街道 in a" "320612401 环本农场 of a is missing here" "3 disagreements"; do
  grep -qF "$sentence" "$home/said" || fail "not said: $sentence"
done
"$GRIDPATROL" verify "$home/tongzhou" --quiet || fail "the station does not verify"
echo "station: holds"
