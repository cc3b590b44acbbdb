#!/bin/bash
# download.sh - a layer as a file, in every format: the same features as pages show, for those who may see them, read by GDAL; and what
# clients do meanwhile: read slowly, leave, come in numbers, and the service is killed.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Wang inspector
Chen chief
PEOPLE
jq -n '{type: "FeatureCollection", features: [range(137) | {type: "Feature", properties: {id: "p\(.)", containers: (. % 5),
  name: (if . == 7 then "=HYPERLINK(\"http://evil\")" elif . == 8 then "a,\"b\"\n<c>" else "桶 \(.)" end)},
  geometry: {type: "Point", coordinates: [121 + (. % 12) / 100, 32 + (. / 12 | floor) / 100]}}]}' >"$home/points.geojson"
gp load "$station" collection_point "$home/points.geojson" --id-field id >/dev/null 2>&1
jq -n '{type: "FeatureCollection", features: [range(9) | {type: "Feature", properties: {id: "b\(.)", standing: "illegal"}, geometry: {type: "Polygon",
  coordinates: [[[121 + . / 100, 32], [121.001 + . / 100, 32], [121.001 + . / 100, 32.001], [121 + . / 100, 32.001], [121 + . / 100, 32]]]}}]}' >"$home/areas.geojson"
gp load "$station" building "$home/areas.geojson" --id-field id >/dev/null 2>&1
jq -cn 'range(60000) | {type: "Feature", properties: {id: "s\(.)", name: "a name of some length, \(.)"}, geometry: {type: "Point", coordinates: [121 + (. % 300) / 3000, 32 + (. / 300 | floor) / 3000]}}' >"$home/many.geojsonl"
gp load "$station" shop_sign "$home/many.geojsonl" --id-field id >/dev/null 2>&1
printf 'x' >"$home/near.jpg"
gp finding add "$station" "$home/near.jpg" --place 121.07,32.05 --text "a planted word" --as Wang --at 2026-03-02T08:30 >/dev/null
token=$(gp token add "$station" --for Chen --name tests 2>/dev/null) || fail "no token"
serving "$station" --workers 3
download=/collections/collection_point/download

# The same ids in every format as in the pages.
get "/collections/collection_point/items?limit=1000" | jq -r '.features[].id' | sort >"$home/ids"
same "features" "$(wc -l <"$home/ids")" 137
get "$download?f=geojson" >"$home/p.geojson"
same "geojson" "$(jq -r '.features[].id' "$home/p.geojson" | sort | cmp - "$home/ids" && jq .numberReturned "$home/p.geojson")" 137
get "$download?f=geojsonseq" >"$home/p.geojsonl"
same "the first byte of a sequence (RFC 8142)" "$(head -c1 "$home/p.geojsonl" | od -An -tx1 | tr -d ' ')" 1e
tr -d '\036' <"$home/p.geojsonl" | jq -r .id | sort | cmp - "$home/ids" || fail "geojsonseq holds other features"
layer_of() { case $1 in shp) echo "/vsizip/$home/p.shp.zip" ;; *) echo "$home/p.$1" ;; esac; }
for format in csv fgb gpkg xlsx shp kml; do
  file=$home/p.$format
  [ $format = shp ] && file=$home/p.shp.zip
  get "$download?f=$format" >"$file"
  ogr2ogr -f CSV "$home/read.csv" "$(layer_of $format)" -oo AUTODETECT_TYPE=YES >/dev/null 2>&1 || ogr2ogr -f CSV "$home/read.csv" "$(layer_of $format)" || fail "$format: GDAL does not read it"
  grep -oE '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}' "$home/read.csv" | sort -u | cmp - "$home/ids" || fail "$format holds other features"
  rm "$home/read.csv"
done
for format in fgb gpkg shp kml; do
  same "$format: extent" "$(ogrinfo -ro -so -al "$(layer_of $format)" | sed -n 's/^Extent: //p')" "(121.000000, 32.000000) - (121.110000, 32.110000)"
done
same "kml: a name that is markup" "$(ogrinfo -ro -al -where "Name LIKE 'a,%'" "$home/p.kml" | grep -c '<c>')" 1
if command -v xmllint >/dev/null; then xmllint --noout "$home/p.kml" || fail "the KML is not well-formed"; fi

# For people: titles in their language, local time, nothing that calculates.
same "byte order mark" "$(head -c3 "$home/p.csv" | od -An -tx1 | tr -d ' ')" efbbbf
get "$download?f=csv" -H 'Accept-Language: zh' >"$home/zh.csv"
sed -n 1p "$home/zh.csv" | grep -q '名称' || fail "the headings are not Chinese"
sed -n 1p "$home/p.csv" | grep -q 'name' || fail "the headings are not English"
grep -q "'=HYPERLINK" "$home/p.csv" || fail "a formula stands in the CSV"
grep -q '"a,""b""' "$home/p.csv" || fail "quotes are not doubled"
same "longitude" "$(sed -n 2p "$home/p.csv" | grep -c ',121\.')" 1

# What is asked for, and nothing else.
count() { get "$download?f=geojson&$1" | jq '.features | length'; }
same "bbox" "$(count bbox=121.005,32.005,121.035,32.045)" 12
same "a filter" "$(count 'filter=containers%3D3')" "$(jq '[.features[] | select(.properties.containers == 3)] | length' "$home/points.geojson")"
same "a property" "$(count containers=3)" "$(count 'filter=containers%3D3')"
same "few properties" "$(get "$download?f=geojson&properties=name" | jq -c '.features[0].properties | keys')" '["name"]'
same "sorted" "$(get "$download?f=geojson&sortby=-containers" | jq '[.features[].properties.containers] | . == (sort | reverse)')" true
same "in another CRS" "$(get "$download?f=geojson&crs=http://www.opengis.net/def/crs/EPSG/0/4549" | jq '.features[0].geometry.coordinates[0] > 100000')" true
get "/collections/building/download?f=gpkg&crs=http://www.opengis.net/def/crs/EPSG/0/4549" -H "Authorization: Bearer $token" >"$home/b.gpkg"
same "a GeoPackage in metres" "$(ogrinfo -ro -so -al "$home/b.gpkg" | grep -c 'CGCS2000 / 3-degree Gauss-Kruger')" 1
same "areas" "$(ogrinfo -ro -so -al "$home/b.gpkg" | sed -n 's/^Feature Count: //p')" 9
for wrong in filter=nobody%3D1 foo=1 bbox=1 f=pdf sortby=nobody crs=nonsense; do same "$wrong" "$(ask "$download?$wrong")" 400; done

# Who sees what.
same "what the public does not see" "$(ask "/collections/finding/download?f=csv")" 404
same "and a chief does" "$(get "/collections/finding/download?f=csv" -H "Authorization: Bearer $token" | grep -c 'a planted word')" 1
get "/collections/case/download?f=gpkg" -H "Authorization: Bearer $token" >"$home/empty.gpkg"
same "nothing is a file too" "$(ogrinfo -ro -so -al "$home/empty.gpkg" | sed -n 's/^Feature Count: //p')" 0
same "areas and points in one shapefile" "$(ask "/collections/case/download?f=shp" -H "Authorization: Bearer $token")" 400

# Names, HEAD.
ask "$download?f=gpkg" -H 'Accept-Language: zh' >/dev/null
case "$(header Content-Disposition)" in "attachment; filename=\""*".gpkg\"; filename*=UTF-8''%"*) ;; *) fail "the name: $(header Content-Disposition)" ;; esac
same "the type" "$(header Content-Type)" application/geopackage+sqlite3
for format in csv gpkg; do same "HEAD $format" "$(curl -sS -I -o /dev/null -w '%{http_code} %{size_download}' "$url$download?f=$format")" "200 0"; done
same "nothing stays on the disk" "$(find "$station/scratch" -type f | wc -l)" 0

# A slow reader holds no view of the store: the log of writes does not grow while it reads. One who leaves leaves nothing behind.
curl -sS --limit-rate 200k "$url/collections/shop_sign/download?f=geojsonseq" -o /dev/null &
slow=$!
for i in $(seq 20); do
  head -3000 "$home/many.geojsonl" | sed "s/a name of some length/name $i/" >"$home/few.geojsonl"
  gp load "$station" shop_sign "$home/few.geojsonl" --id-field id >/dev/null 2>&1
done
kill -0 $slow 2>/dev/null || fail "the slow reader was too quick to be one"
wal=$(stat -c %s "$station/gridpatrol.sqlite-wal" 2>/dev/null || echo 0)
[ "$wal" -lt 100000000 ] || fail "the log of writes grew to $wal bytes" # it begins anew at 67 MB
kill $slow
wait $slow 2>/dev/null || true
curl -sS --limit-rate 5M "$url/collections/shop_sign/download?f=geojsonseq" -o "$home/read.geojsonl" &
reader=$!
gp load "$station" shop_sign "$home/few.geojsonl" --id-field id >/dev/null 2>&1
wait $reader || fail "a reader was broken off"
same "each feature once, whatever was written meanwhile" "$(tr -d '\036' <"$home/read.geojsonl" | jq -r .id | sort | uniq -d | wc -l) $(tr -d '\036' <"$home/read.geojsonl" | wc -l)" "0 60000"
get "/collections/shop_sign/download?f=geojsonseq&sortby=-name&bbox=121,32,121.05,33" >"$home/sorted.geojsonl"
tr -d '\036' <"$home/sorted.geojsonl" | jq -r '.properties.name' >"$home/names"
LC_ALL=C sort -rc "$home/names" || fail "pages of a sorted download are not in order"
same "each once, sorted and in a box" "$(tr -d '\036' <"$home/sorted.geojsonl" | jq -r .id | sort -u | wc -l) $(wc -l <"$home/names")" \
  "$(jq -s '[.[] | select(.geometry.coordinates[0] <= 121.05)] | length | "\(.) \(.)"' -r "$home/many.geojsonl")"
timeout 1 curl -sS --limit-rate 100k "$url/collections/shop_sign/download?f=csv" -o /dev/null && fail "nobody left"
for i in 1 2 3 4; do curl -sS "$url/collections/shop_sign/download?f=csv" -o "$home/c$i" & done
wait $(jobs -p | grep -v "^$served$")
for i in 2 3 4; do cmp "$home/c1" "$home/c$i" || fail "two clients got two files"; done

# Killed in the middle of a file: the next service has none of it.
curl -sS "$url/collections/shop_sign/download?f=xlsx" -o /dev/null 2>/dev/null &
for _ in $(seq 200); do [ -n "$(ls -A "$station"/scratch/*/ 2>/dev/null)" ] && break; sleep 0.01; done
[ -n "$(ls -A "$station"/scratch/*/ 2>/dev/null)" ] || fail "no file is being made"
same "one more file meanwhile" "$(ask "/collections/shop_sign/download?f=fgb")" 503
[ "$(header Retry-After)" -gt 0 ] || fail "503 does not say when to come again"
same "but text goes out" "$(get "/collections/building/download?f=geojsonseq" | wc -l)" 9
kill -KILL "$served"
wait "$served" 2>/dev/null || true
serving "$station"
same "what the killed one left" "$(find "$station/scratch" -mindepth 2 | wc -l)" 0
same "and it serves" "$(get "/collections/shop_sign/download?f=geojsonseq" | wc -l)" 60000
served_ends
[ -z "$(ls -A "$station/scratch")" ] || fail "something is left when the service has ended"
gp verify "$station" >/dev/null 2>&1 || fail "the station is not what it was"
echo "download: fine"
