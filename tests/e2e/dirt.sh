#!/bin/bash
# dirt.sh - every broken or strange file of the collection, offered as BEFORE and as AFTER: an honest result or a refusal in one
# line, never a crash, a hang, a sanitizer's report or half an output. Each file meets the sanitizers on one side and the program
# as it runs every day on the other: reading is the same code on both sides, and so the story stays short.
#
#   DIRT_ONLY=shapefiles tests/e2e/dirt.sh    one folder of the collection
set -u
watched=${GRIDPATROL_DEV:-}
[ -x "$watched" ] || watched=$GRIDPATROL
plain=$GRIDPATROL
[ -x "$plain" ] || plain=$watched
export watched plain LANG=C.UTF-8
unset LC_ALL LC_MESSAGES
root=$(cd "$(dirname "$0")/../.." && pwd)
fixtures=${GRIDPATROL_FIXTURES:-$root/../shared/fixtures}
[ -d "$fixtures" ] || { echo "no real layers at $fixtures: skipped"; exit 77; }
fixtures=$(cd "$fixtures" && pwd)
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
export here fixtures

# GEOS 3.11 forgets its edge rings when it gives a hopeless outline up.
echo 'leak:libgeos' >"$here/known_leaks"
export LSAN_OPTIONS="suppressions=$here/known_leaks:print_suppressions=0" ASAN_OPTIONS="${ASAN_OPTIONS:-}:allocator_may_return_null=1"

cat >"$here/good.geojson" <<'END'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[117.0000,32.0000],[117.0001,32.0000],[117.0001,32.0001],[117.0000,32.0001],[117.0000,32.0000]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[117.0005,32.0000],[117.0006,32.0000],[117.0006,32.0001],[117.0005,32.0001],[117.0005,32.0000]]]}}
]}
END

# offer FILE: prints what is wrong, nothing when all is well.
offer() {
    local file=$1 name=${1#"$fixtures"/} side run status lines program
    run=$(mktemp -d "$here/run.XXXXXX")
    for side in before after; do
        if [ $side = before ]; then set -- "$file" "$here/good.geojson"; else set -- "$here/good.geojson" "$file"; fi
        # The length of the name tells which side is watched: about half of the files each, the same every time.
        case $side$((${#name} % 2)) in before0 | after1) program=$watched ;; *) program=$plain ;; esac
        timeout 60 "$program" diff "$@" -o "$run/out.geojson" >"$run/words" 2>"$run/err" </dev/null
        status=$?
        lines=$(grep -c . "$run/err")
        case $status in
        0) [ -s "$run/out.geojson" ] || echo "FAILED: $name as $side: exit 0 without an output" ;;
        3) [ "$lines" = 1 ] || { echo "FAILED: $name as $side: refused in $lines lines:"; head -5 "$run/err"; }
           [ -z "$(ls "$run" | grep -v -e '^words$' -e '^err$')" ] || echo "FAILED: $name as $side: refused, but left $(ls "$run")" ;;
        *) echo "FAILED: $name as $side: exit $status"; head -20 "$run/err" ;;
        esac
        rm -f "$run"/out*
    done
    rm -rf "$run"
}
export -f offer

cd "$here" || exit 1
for folder in ${DIRT_ONLY:-bad-geojson bad-gpkg-pdok shapefiles raster-edge}; do
    find "$fixtures/$folder" -type f -print0
done >list
offered=$(tr -cd '\0' <list | wc -c)
[ "$offered" -gt 0 ] || { echo "FAILED: nothing was offered"; exit 1; }
xargs -0 -P 2 -n 1 bash -c 'offer "$1"' offer <list >found 2>&1
cat found
echo "$offered files offered as BEFORE and as AFTER"
[ ! -s found ]
