#!/bin/bash
# truth.sh - real layers with a known truth: what was built, what LINZ relates, what OpenStreetMap's mappers did.
set -u
program=$GRIDPATROL
root=$(cd "$(dirname "$0")/../.." && pwd)
real=${GRIDPATROL_FIXTURES:-$root/../shared/fixtures}
for folder in boulder-west vichy-west nz-buildings osm-building-adiff cn-buildings-osm; do
    [ -d "$real/$folder" ] || { echo "no real layers at $real/$folder: skipped"; exit 77; }
done
for tool in jq ogr2ogr ogrinfo; do
    command -v $tool >/dev/null || { echo "no $tool here: skipped"; exit 77; }
done
real=$(cd "$real" && pwd)
unset LC_ALL LC_MESSAGES
export LANG=C.UTF-8
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
# compare NAME ARGUMENT...: NAME.gpkg and NAME.json
compare() {
    local name=$1
    shift
    rm -f "$name.gpkg"
    "$program" diff "$@" -o "$name.gpkg" --json --quiet >"$name.json" 2>err || { fail "exit $?: gridpatrol diff $*"; cat err; }
}
# classes NAME WORDS: every class that occurs, with its number, in the order of the summary.
classes() {
    local got
    got=$(jq -r '[.per_class | to_entries[] | select(.value > 0) | "\(.key) \(.value)"] | join(", ")' "$1.json")
    [ "$got" = "$2" ] || fail "$1: $got; the truth is $2"
}
relations() {
    local got
    got=$(jq -r '[.per_relation[]] | join(" ")' "$1.json")
    [ "$got" = "$2" ] || fail "$1: added, removed, matched, related are $got; the truth is $2"
}
column() { ogr2ogr -f CSV /vsistdout/ "$1" -sql "$2" | tail -n +2 | tr -d '"'; }
list_of() { paste -sd, "$1"; }
# alike WHAT FOUND TRUTH: two sorted lists
alike() {
    [ -s "$3" ] || fail "$1: no truth"
    diff "$2" "$3" >differs || { fail "$1: $(grep -c '^<' differs) too many, $(grep -c '^>' differs) missed"; head -6 differs; }
}
# outlines FILE LAYER WHERE: their WKT, sorted. Ids were taken out of the layers: outlines say which building it is.
outlines() { ogr2ogr -f CSV /vsistdout/ "$1" -sql "SELECT geom FROM $2 WHERE $3" -lco GEOMETRY=AS_WKT | tail -n +2 | cut -d'"' -f2 | sort; }

# ---- Boulder: the assessor's year of construction
west=$real/boulder-west
# built SINCE COUNT: exactly the buildings of the truth are new, nothing else has happened, and backwards they are gone.
built() {
    compare built "$west/t_$1.gpkg" "$west/t_2015.gpkg"
    classes built "new $2, same $((8094 - $2))"
    relations built "$2 0 $((8094 - $2)) 0"
    column built.gpkg "SELECT after_ids FROM changes WHERE class = 'new'" >ids
    outlines "$west/t_2015.gpkg" buildings "fid IN ($(list_of ids))" >found
    jq -r ".\"$1\".src_fid_built_after[]" "$west/truth.json" >ids
    outlines "$west/buildings_all_with_year.gpkg" buildings "src_fid IN ($(list_of ids))" >truth
    alike "Boulder $1 to 2015" found truth
    compare undone "$west/t_2015.gpkg" "$west/t_$1.gpkg"
    classes undone "gone $2, same $((8094 - $2))"
    relations undone "0 $2 $((8094 - $2)) 0"
    column undone.gpkg "SELECT before_ids FROM changes WHERE class = 'gone'" >ids
    outlines "$west/t_2015.gpkg" buildings "fid IN ($(list_of ids))" >found
    alike "Boulder 2015 to $1" found truth
}
built 1990 363
built 2000 243

# ---- Vichy: the cadastre's year; most new buildings lean on an old one
west=$real/vichy-west
compare vichy "$west/t1_1995.gpkg" "$west/t2_2020.gpkg" --height-field height
classes vichy "new 186, same 5384"
column vichy.gpkg "SELECT after_ids FROM changes WHERE class = 'new'" >ids
outlines "$west/t2_2020.gpkg" buildings "fid IN ($(list_of ids))" >found
jq -r '.new_src_ids[] | "'\''\(.)'\''"' "$west/truth.json" >ids
outlines "$west/buildings_all_with_year.gpkg" buildings "src_id IN ($(list_of ids))" >truth
alike "Vichy" found truth
touching=$(column vichy.gpkg "SELECT COUNT(*) FROM changes WHERE reasons LIKE '%TOUCHES_BUILDING%'")
[ "$touching" = 155 ] || fail "Vichy: $touching new ones lean on an old building, in truth 155"

# ---- New Zealand: LINZ's own lists
# linz DATASET: added, removed, matched and related as LINZ's tests expect them
linz() {
    local name=$1 d=$real/nz-buildings/$1
    compare "$name" "$d/t1_existing.gpkg" "$d/t2_supplied.gpkg" --all --before-id-field building_outline_id --after-id-field bulk_load_outline_id
    column "$name.gpkg" "SELECT links FROM changes WHERE links IS NOT NULL" | tr ',' '\n' | sort -u >pairs
    cut -d: -f1 pairs | sort | uniq -d >twice_before
    cut -d: -f2 pairs | sort | uniq -d >twice_after
    awk -F: 'FILENAME == "twice_before" { b[$1] = 1; next } FILENAME == "twice_after" { a[$1] = 1; next }
             { print (($1 in b) || ($2 in a) ? "related " : "matched ") $0 }' twice_before twice_after pairs >found
    column "$name.gpkg" "SELECT before_ids FROM changes WHERE before_ids IS NOT NULL" | tr ',' '\n' | sort -u >before
    column "$name.gpkg" "SELECT after_ids FROM changes WHERE after_ids IS NOT NULL" | tr ',' '\n' | sort -u >after
    cut -d: -f1 pairs | sort -u | comm -13 - before | sed 's/^/removed /' >>found
    cut -d: -f2 pairs | sort -u | comm -13 - after | sed 's/^/added /' >>found
    sort -o found found
    jq -r '(.added[] | "added \(.)"), (.removed[] | "removed \(.)"), (.matched[] | "matched \(.[0]):\(.[1])"),
           (.related[] | "related \(.[0]):\(.[1])")' "$d/expected.json" | sort >truth
    alike "LINZ $name" found truth
    relations "$name" "$(jq -r '[.added, .removed, .matched, .related] | map(length) | join(" ")' "$d/expected.json")"
    # The word in each row is the word of its pairs.
    column "$name.gpkg" "SELECT relation, links FROM changes WHERE links IS NOT NULL" | tr ',' ' ' |
        awk '{ for (i = 2; i <= NF; i++) print $1, $i }' | sort -u >rows
    grep -e '^matched' -e '^related' truth >expected
    alike "LINZ $name, row by row" rows expected
}
linz dataset1
linz dataset2

# ---- OpenStreetMap, edits of one minute around the world. Coordinates are of one source, so they are trusted; ids are stable.
west=$real/osm-building-adiff
compare adiff "$west/t1_old.geojson" "$west/t2_new.geojson" --id-field way --stable-ids --no-registration --all
[ "$(jq '.per_class.capture_rule' adiff.json)" = 0 ] || fail "edits: 17 buildings before are too few to tell a rule from"
[ "$(jq -c '.after.dirt.invalid_repaired.count' adiff.json)" = 1 ] || fail "edits: the crossing outline was not repaired and counted"
[ "$(column adiff.gpkg "SELECT before_ids FROM changes WHERE class = 'gone'")" = 469453273 ] || fail "edits: way 469453273 alone was deleted"
# 193 of the 226 created ones stand on free ground; 33 were drawn inside two estates' outlines and are told with them.
{
    column adiff.gpkg "SELECT after_ids FROM changes WHERE class = 'new'"
    column adiff.gpkg "SELECT after_ids FROM changes WHERE class = 'split' AND before_ids IN ('350097155', '426075007')" | tr ',' '\n' |
        grep -vx -e 350097155 -e 426075007
} | sort >found
jq -r '.changes[] | select(.action == "create") | .way' "$west/building_changes.json" | sort >truth
alike "created ways" found truth
[ "$(jq '.per_class.new' adiff.json)" = 193 ] || fail "edits: $(jq '.per_class.new' adiff.json) new, not 193"
# 11 of 14 redrawn ones differ by 1.6 m or more; the other three gained vertices on their walls and moved under 6 mm: same.
column adiff.gpkg "SELECT before_ids FROM changes WHERE before_ids = after_ids AND class <> 'same'" | sort >found
jq -r '.changes[] | select(.action == "modify_geom") | .way' "$west/building_changes.json" |
    grep -vx -e 479407004 -e 203536800 -e 87026803 | sort >truth
alike "redrawn ways" found truth
column adiff.gpkg "SELECT before_ids FROM changes WHERE class = 'same'" | sort >found
printf '%s\n' 203536800 479407004 87026803 >truth
alike "ways redrawn in millimetres" found truth
# Without trust no move of a few metres can be told from a bad fit, but what was created and deleted is the same.
compare wary "$west/t1_old.geojson" "$west/t2_new.geojson" --id-field way --stable-ids
[ "$(jq -r '"\(.per_class.new) \(.per_class.gone)"' wary.json)" = "193 1" ] || fail "edits, registered: $(jq -c .per_class wary.json)"

# ---- Shanghai, cut at the borders of map tiles
city=$real/cn-buildings-osm/shanghai_buildings_tileclipped.geojson
compare city "$city" "$city" --dissolve-by id
classes city "same $(jq '.after.kept' city.json)"
ids=$(jq '.features | map(.properties.id) | unique | length' "$city")
kept=$(jq '.after.kept + .after.dirt.duplicate.count' city.json)
[ "$ids" = "$kept" ] || fail "Shanghai: $ids ids, but $kept buildings (those drawn twice under two ids counted)"
# Free-standing ones: 415667830 torn down, 165166866 moved by 1.9 m east and 2.2 m north.
jq -c '.features |= (map(select(.properties.id != 415667830)) | map(if .properties.id == 165166866
    then .geometry.coordinates |= map(map([.[0] + 0.00002, .[1] + 0.00002])) else . end))' "$city" >edited.geojson
compare edited "$city" edited.geojson --dissolve-by id --id-field id
column edited.gpkg "SELECT class, before_ids, after_ids FROM changes" | sort >found
printf '%s\n' gone,415667830, shifted,165166866,165166866 >truth
alike "Shanghai, edited" found truth
for pieces in "" "--dissolve-by id"; do
    # shellcheck disable=SC2086
    "$program" diff "$city" "$city" --id-field id $pieces -o raw.gpkg >out 2>err
    said=$(grep -cF -- "--dissolve-by FIELD" err)
    [ "$said" = "$([ -z "$pieces" ] && echo 2 || echo 0)" ] || fail "Shanghai: --dissolve-by is advised $said times with \"$pieces\""
done

[ $failures = 0 ] && echo "all well" || exit 1
