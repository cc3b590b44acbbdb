#!/bin/bash
# diff.sh - gridpatrol diff as a user meets it: classes, exit status, languages, formats, the same bytes again.
set -u
program=${GRIDPATROL_DEV:-}
[ -x "$program" ] || program=$GRIDPATROL
unset LC_ALL LC_MESSAGES
export LANG=C.UTF-8
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
# run STATUS ARGUMENT...: the program must end with this status; words in err, data in out.
run() {
    local want=$1 got
    shift
    "$program" "$@" >out 2>err
    got=$?
    [ "$got" = "$want" ] || { fail "exit $got, not $want: gridpatrol $*"; cat err; }
}
says() { grep -qF -- "$1" "${2:-err}" || { fail "\"$1\" is not in ${2:-err}:"; head -5 "${2:-err}"; }; }
same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }

# houses NAME SKIPPED LONGER EXTRA: 8 x 8 houses of about 11 m x 13 m, without one, with one 6 m longer, with one more.
houses() {
    awk -v skip="$2" -v longer="$3" -v extra="$4" 'BEGIN {
        print "{\"type\":\"FeatureCollection\",\"features\":["
        for (i = 0; i < 64 + extra; i++) {
            if (i == skip) continue
            x = 117 + (i % 8) * 0.0005; y = 32 + int(i / 8) * 0.0004
            w = 0.00012 + (i == longer ? 0.00006 : 0); h = 0.00012 + (i % 3) * 0.00002
            id = i == 64 ? "<script>alert(1)</script>" : "h" i
            printf "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"%s\",\"h\":%d},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}",
                (n++ ? ",\n" : ""), id, 6, x, y, x + w, y, x + w, y + h, x, y + h, x, y
        }
        print "]}"
    }' >"$1"
}
houses before.geojson -1 -1 0
houses after.geojson 9 27 1

# ---- the classes, the columns, the summary
run 0 diff before.geojson after.geojson -o changes.gpkg --id-field code --json --html page.html --report report.json
python3 -m json.tool out >/dev/null 2>&1 || jq . out >/dev/null 2>&1 || fail "--json is no JSON"
for pair in '"new": 1' '"gone": 1' '"enlarged": 1' '"same": 62' '"rows": 3' '"identical": 62'; do says "$pair" out; done
says "Changes        3"
says "expected false alarms"
ogrinfo -q changes.gpkg -sql "SELECT class, before_ids, after_ids, why_zh, gained_m2 FROM changes ORDER BY class" >rows 2>&1
says 'class (String) = enlarged' rows
says 'before_ids (String) = h27' rows
says 'before_ids (String) = h9' rows
says '扩建：增加' rows
ogrinfo -so changes.gpkg changes 2>/dev/null | grep -qF 'ID["EPSG",4326]' || fail "the CRS is not that of AFTER"
grep -qF '<script>alert' page.html && fail "an id of a stranger reached the page as a tag"
says '&lt;script&gt;alert' page.html
grep -qE '(src|href)="?(https?:)?//' page.html && fail "the page wants a network"
says '"sha256": "'"$(sha256sum <before.geojson | cut -d' ' -f1)"'"' report.json

# ---- the changes file names its inputs by hash where that was asked for, or a report needed them anyway
made_of() { ogrinfo -so "$1" changes 2>/dev/null | grep -c "$(sha256sum <before.geojson | cut -d' ' -f1)"; }
run 0 diff before.geojson after.geojson -o plain.gpkg --id-field code --quiet
[ "$(made_of plain.gpkg)" = 0 ] || fail "hashes nobody asked for"
run 0 diff before.geojson after.geojson -o hashed.gpkg --id-field code --hashes --quiet
[ "$(made_of hashed.gpkg)" = 1 ] || fail "--hashes leaves no hash in the changes file"
[ "$(made_of changes.gpkg)" = 1 ] || fail "a run with a report leaves no hash in the changes file"

# ---- the same input, the same bytes, whatever the threads and tiles
for variant in "--threads 1" "--threads 2" "--tile-m 100" "--tile-m 1000"; do
    # shellcheck disable=SC2086
    run 0 diff before.geojson after.geojson -o again.gpkg --id-field code --html again.html $variant --quiet
    [ -s err ] && fail "--quiet is not quiet: $(head -1 err)"
    same changes.gpkg again.gpkg
    same page.html again.html
done

# ---- every format
for ending in gpkg geojson geojsonl fgb shp csv xlsx; do
    run 0 diff before.geojson after.geojson -o "all.$ending" --all --quiet
    count=$(ogrinfo -q -sql "SELECT COUNT(*) AS n FROM \"$(ogrinfo -q "all.$ending" 2>/dev/null | sed -n 's/^1: \([^ ]*\).*/\1/p')\"" "all.$ending" 2>/dev/null |
        sed -n 's/.*n ([A-Za-z0-9]*) = //p')
    [ "$count" = 65 ] || fail "all.$ending holds ${count:-nothing}, not 65 rows"
done
[ -z "$(ls -A | grep part)" ] || fail "something was left behind: $(ls -A | grep part)"

# ---- other coordinates
run 0 diff before.geojson after.geojson -o utm.gpkg --output-crs EPSG:32650 --metric-crs EPSG:32650 --quiet
ogrinfo -so utm.gpkg changes 2>/dev/null | grep -qF 'ID["EPSG",32650]' || fail "--output-crs was not followed"

# ---- used wrongly: 2, and a word that helps
while IFS='|' read -r arguments words; do
    # shellcheck disable=SC2086
    run 2 $arguments
    says "$words"
done <<'TABLE'
diff|two layers are expected
diff before.geojson after.geojson|add -o FILE
diff before.geojson after.geojson -o c.gpkg --min-aera 5|did you mean --min-area
diff before.geojson after.geojson -o c.gpkg --min-area|needs a value
diff before.geojson after.geojson -o c.gpkg --min-area many|needs a number
diff before.geojson after.geojson -o c.gpkg --min-area -5|must lie between
diff before.geojson after.geojson -o c.doc|.gpkg .geojson
diff before.geojson after.geojson -o before.geojson|is an input of this run
diff before.geojson after.geojson -o nowhere/c.gpkg|there is no folder
diff before.geojson after.geojson third.geojson -o c.gpkg|one too many
diff before.geojson after.geojson -o c.gpkg --html c.gpkg|both name
dif before.geojson after.geojson|did you mean diff
TABLE

# ---- input refused: 3, a helpful line, and the old output as it was
cp changes.gpkg old.gpkg
echo '{"type":"FeatureCollection","features":[' >broken.geojson
echo '{"type":"FeatureCollection","features":[]}' >empty.geojson
echo 'hello' >hello.gpkg
sed 's/\[11[0-9.]*,/[-70.5,/g' after.geojson >elsewhere.geojson
while IFS='|' read -r arguments; do
    # shellcheck disable=SC2086
    run 3 $arguments -o old.gpkg
    [ "$(wc -l <err)" = 1 ] || fail "not one line for $arguments: $(cat err)"
    same changes.gpkg old.gpkg
done <<'TABLE'
diff missing.geojson after.geojson
diff before.geojson broken.geojson
diff hello.gpkg after.geojson
diff before.geojson elsewhere.geojson
diff before.geojson after.geojson --id-field nosuchfield
diff before.geojson after.geojson --layer nosuchlayer
diff before.geojson after.geojson --after-where h>100
diff before.geojson empty.geojson
diff before.geojson after.geojson --after-crs EPSG:1
diff before.geojson after.geojson --metric-crs EPSG:3857
TABLE
run 3 diff before.geojson after.geojson --metric-crs EPSG:3857 -o old.gpkg
says "Web Mercator"

# ---- Chinese
run 0 diff before.geojson after.geojson -o zh.gpkg --lang zh
says "疑似图斑"
LANG=zh_CN.UTF-8 run 2 diff before.geojson
says "需要两个图层"
run 0 help diff --lang zh
says "最小图斑面积" out
run 0 help diff
says "--min-area M2" out
run 0 --version

# ---- coverage: what lies outside is not new and not gone
cat >flown.geojson <<'JSON'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":
[[[116.999,31.999],[117.005,31.999],[117.005,32.00305],[116.999,32.00305],[116.999,31.999]]]}}]}
JSON
run 0 diff before.geojson after.geojson -o covered.gpkg --before-coverage flown.geojson --json --quiet
says '"new": 0' out
says '"unknown": 1' out

[ $failures = 0 ] && echo "all well" || exit 1
