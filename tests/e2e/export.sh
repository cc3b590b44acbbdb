#!/bin/bash
# export.sh - what leaves a station: layers and records in every format, headings and labels in the language asked, filtered by CQL2, in
# the CRS asked; what may not be seen is not in the file; whole or not at all; and everything as an archive another program reads.
set -euo pipefail
. "$(dirname "$0")/station.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Wang inspector
Zhao checker
Sun coordinator
Chen chief
Ji discipline discipline
Zhang public
PEOPLE
cat >"$home/boards.geojson" <<'BOARDS'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"no":"a","名称":"East","状态":"present","width_m":6.5,"许可到期":"2026-12-31"},"geometry":{"type":"Point","coordinates":[121.07,32.07]}},
{"type":"Feature","properties":{"no":"b","名称":"West, \"old\"","状态":"damaged","width_m":3},"geometry":{"type":"Point","coordinates":[121.05,32.06]}}]}
BOARDS
gp load "$station" billboard "$home/boards.geojson" --id-field no --quiet
cat >"$home/permits.geojson" <<'PERMITS'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"number":"P-1","holder":"Mr Xu","许可建筑面积":200,"许可占地面积":100},
"geometry":{"type":"Polygon","coordinates":[[[121.07,32.07],[121.071,32.07],[121.071,32.071],[121.07,32.071],[121.07,32.07]]]}}]}
PERMITS
gp load "$station" permit "$home/permits.geojson" --quiet
printf 'x' >"$home/near.jpg"
gp finding add "$station" "$home/near.jpg" --place 121.07,32.07 --text "a shed" --as Wang --at 2026-03-02T08:00 >/dev/null
gp compartment make "$station" discipline --new-key "$home/ji.key" --as Ji --quiet
case=$(gp case open "$station" --kind illegal_building --place 121.07,32.07 --party Xu --as Wang --at 2026-03-02T09:00)
gp lead draft "$station" "$case" --agency natural_resources --as Sun >/dev/null
gp lead draft "$station" "$case" --agency discipline --as Sun >/dev/null

# Every format, read by another program: rows, a place in the CRS asked.
for format in gpkg geojson geojsonl fgb shp csv xlsx; do
  gp export "$station" billboard -o "$home/boards.$format" --quiet || fail "no $format"
  rows=$(ogrinfo -so -al "$home/boards.$format" | sed -n 's/^Feature Count: //p')
  same "rows of $format" "$rows" 2
done
gp export "$station" billboard -o "$home/metric.gpkg" --crs EPSG:4549 --quiet
ogrinfo -al "$home/metric.gpkg" | grep -q "POINT (600[0-9]*\.[0-9]* 3549[0-9]*\|POINT (60[0-9]*\.[0-9]* 35[0-9]*" || fail "not in metres: $(ogrinfo -al "$home/metric.gpkg" | grep POINT)"
for what in permit areas cells surveys changes cases findings leads audit indicators; do
  gp export "$station" $what -o "$home/$what.gpkg" --as Chen --quiet || fail "no $what"
  ogrinfo -so -al "$home/$what.gpkg" >"$home/said" 2>&1 || fail "$what cannot be read: $(cat "$home/said")"
done

# People: titles for headings, labels for codes, in their language, a byte order mark for spreadsheets. Programs: names and codes.
gp export "$station" billboard -o "$home/zh.csv" --lang zh --quiet
head -c 3 "$home/zh.csv" | od -An -tx1 | grep -q "ef bb bf" || fail "no byte order mark"
head -1 "$home/zh.csv" | grep -q "名称.*状态.*许可到期" || fail "headings: $(head -1 "$home/zh.csv")"
grep -q "破损" "$home/zh.csv" || fail "codes without labels: $(cat "$home/zh.csv")"
gp export "$station" billboard -o "$home/en.csv" --lang en --quiet
head -1 "$home/en.csv" | grep -q "name.*state.*permit valid until" || fail "headings: $(head -1 "$home/en.csv")"
gp export "$station" billboard -o "$home/b.geojson" --lang zh --quiet
jq -e '[.features[].properties.state] | sort == ["damaged","present"]' "$home/b.geojson" >/dev/null || fail "programs get labels"
jq -e '[.features[].properties.permit_until] | index("2026-12-31") != null' "$home/b.geojson" >/dev/null || fail "the day moved"
# What a person exported can be loaded again, and nothing has changed.
gp load "$station" billboard "$home/zh.csv" --crs EPSG:4326 --id-field 来源编号 2>"$home/said" || fail "an exported table cannot be loaded: $(cat "$home/said")"
grep -q "2 rows read: 0 added, 0 changed, 2 the same" "$home/said" || fail "loaded again: $(cat "$home/said")"

# CQL2 over the names of the columns and the place.
gp export "$station" billboard -o "$home/some.csv" --where "state = 'damaged' OR width_m > 100" --quiet
same "filtered" "$(($(wc -l <"$home/some.csv") - 1))" 1
gp export "$station" billboard -o "$home/here.csv" --where "S_INTERSECTS(geometry, BBOX(121.06, 32, 121.1, 32.1)) AND permit_until > DATE('2026-06-01')" --quiet
same "in a window" "$(($(wc -l <"$home/here.csv") - 1))" 1
gp export "$station" cases -o "$home/none.csv" --as Chen --where "opened_at > TIMESTAMP('2026-04-01T00:00:00Z')" --quiet
same "later cases" "$(($(wc -l <"$home/none.csv") - 1))" 0
cp "$home/some.csv" "$home/before.csv"
for where in "colour = 'red'" "state = 'broken'" "width_m = 'wide'" "state ="; do
  status=0
  gp export "$station" billboard -o "$home/some.csv" --where "$where" 2>"$home/said" || status=$?
  same "exit of --where $where" $status 3
done
cmp "$home/some.csv" "$home/before.csv" || fail "a refused export touched the file"
ls "$home" | grep -q "some.csv." && fail "drafts were left: $(ls "$home")"

# Who asks: the public sees public layers without what is personal, and no records; secret leads are nobody's without the key.
gp export "$station" permit -o "$home/p.csv" --as Zhang 2>"$home/said" && fail "the public got the permits"
gp export "$station" leads -o "$home/p.csv" --as Zhang 2>"$home/said" && fail "the public got the leads"
[ ! -e "$home/p.csv" ] || fail "and a file was written"
gp export "$station" building -o "$home/pb.csv" --as Zhang --lang zh --quiet
head -1 "$home/pb.csv" | grep -q "产权人" && fail "the public sees who owns what"
leads_of() { gp export "$station" leads -o "$home/l.csv" --quiet "$@" || fail "leads $*"; echo "$(($(wc -l <"$home/l.csv") - 1))"; }
same "leads without the key" "$(leads_of --as Ji)" 0
same "leads with the key" "$(leads_of --as Ji --key "$home/ji.key")" 1
same "leads of a chief" "$(leads_of --as Chen)" 1
same "leads of a chief with the key" "$(leads_of --as Chen --key "$home/ji.key")" 2
same "leads of a checker with the key" "$(leads_of --as Zhao --key "$home/ji.key")" 1
for what in changes cases findings leads indicators; do
  gp export "$station" $what -o "$home/p.csv" 2>"$home/said" && fail "the administrator got the $what"
done
gp export "$station" everything -o "$home/admins" 2>"$home/said" && fail "the administrator took everything"
gp export "$station" findings -o "$home/f.csv" --as Zhao --quiet
head -1 "$home/f.csv" | grep -q "reported by" || fail "a checker is not told who reported: $(head -1 "$home/f.csv")"
gp actor add "$station" Wei --role inspector >/dev/null
gp export "$station" findings -o "$home/fw.csv" --as Wei --quiet
same "findings of another inspector's" "$(($(wc -l <"$home/fw.csv") - 1))" 1
grep -q "Wang\|reported by" "$home/fw.csv" && fail "an inspector is told who reported: $(cat "$home/fw.csv")"
gp export "$station" cases -o "$home/cj.csv" --as Ji --quiet
same "cases of another agency" "$(($(wc -l <"$home/cj.csv") - 1))" 0
gp export "$station" audit -o "$home/aa.csv" --quiet
grep -q "finding\|lead\|P-1" "$home/aa.csv" && fail "the administrator reads of records in the audit: $(cat "$home/aa.csv")"

# Everything.
gp export "$station" everything -o "$home/archive" --originals --as Chen --quiet
jq -e '.format == "gridpatrol-archive" and .district.code == "320612" and (.agencies | length) == 14 and (.files | length) > 15' "$home/archive/station.json" >/dev/null ||
  fail "station.json: $(head -c 300 "$home/archive/station.json")"
for file in $(jq -r '.files[].name' "$home/archive/station.json"); do
  same "digest of $file" "$(sha256sum "$home/archive/$file" | cut -d' ' -f1)" "$(jq -r ".files[] | select(.name == \"$file\").sha256" "$home/archive/station.json")"
done
same "billboards in the archive" "$(ogrinfo -so -al "$home/archive/billboard.gpkg" | sed -n 's/^Feature Count: //p')" 2
jq -e '.party == "Xu" and (.steps | length) >= 1' "$home/archive/cases.jsonl" >/dev/null || fail "the case: $(cat "$home/archive/cases.jsonl")"
same "leads in the archive" "$(wc -l <"$home/archive/leads.jsonl")" 1
same "audit in the archive" "$(wc -l <"$home/archive/audit.jsonl")" "$(jq .audit_end[0].rows "$home/archive/station.json")"
for sha in $(jq -r '.originals[].sha256' "$home/archive/station.json"); do
  [ -s "$home/archive/blobs/${sha:0:2}/$sha" ] || fail "original $sha is not in the archive"
done
gp export "$station" everything -o "$home/archive" --as Chen 2>"$home/said" && fail "an archive was overwritten"
gp export "$station" everything -o "$home/other" --as Wang 2>"$home/said" && fail "an inspector took everything"
gp export "$station" everything -o "$home/plain" --as Chen --quiet
[ ! -e "$home/plain/blobs" ] || fail "an archive without originals has a place for them"
ls -d "$home"/*draft* 2>/dev/null && fail "drafts were left"
gp verify "$station" --quiet || fail "the station does not verify"
echo "export: holds"
