#!/bin/bash
# serve.sh - a station over HTTP, as programs meet it: pages that together are the whole, filters that agree with the command line,
# parameters nobody declared, methods, tags, tokens, what the public does not see, and GDAL as a client.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Wang inspector
Zhao checker
Li officer urban_management
Chen chief
PEOPLE

# 137 collection points on a raster, a hundredth of a degree apart, in two states; one has a broken word in its name.
jq -n '{type: "FeatureCollection", features: [range(137) | {type: "Feature", properties: {id: "p\(.)", name: (if . == 7 then "<script>alert(1)</script>" else "桶 \(.)" end),
  containers: (. % 5)}, geometry: {type: "Point", coordinates: [121 + (. % 12) / 100, 32 + (. / 12 | floor) / 100]}}]}' >"$home/points.geojson"
gp load "$station" collection_point "$home/points.geojson" --id-field id >/dev/null 2>&1
printf 'x' >"$home/near.jpg"
gp finding add "$station" "$home/near.jpg" --place 121.07,32.05 --text "a planted word" --as Wang --at 2026-03-02T08:30 >/dev/null
token=$(gp token add "$station" --for Chen --name tests 2>/dev/null) || fail "no token"

serving "$station"
items=/collections/collection_point/items

# What there is, and nothing is told that is not there: every link of the first pages answers.
get / >"$home/landing"
for link in $(jq -r '.links[].href' "$home/landing") $(get /collections | jq -r '.links[].href, (.collections[].links[] | .href)'); do
  curl -sS --fail -o /dev/null "$link" || fail "a link goes nowhere: $link"
done
same "the public's collections" "$(get /collections | jq -r '[.collections[].id] | index("finding")')" null
same "items of a collection that is not there for the public" "$(ask /collections/finding/items)" 404
same "and of one that is nowhere" "$(ask /collections/nonsense/items)" 404
same "with a token" "$(get /collections/finding/items -H "Authorization: Bearer $token" | jq -r '.features[0].properties.text')" "a planted word"
same "a token as the password of Basic" "$(get /collections/finding/items -u "any:$token" | jq .numberMatched)" 1
same "a token nobody has" "$(ask / -H "Authorization: Bearer gp_0000000000000_x")" 401
[ -n "$(header WWW-Authenticate)" ] || fail "401 does not say how to sign in"
get /collections "-HAuthorization: Bearer $token" | jq -e '[.collections[].id] | index("lead") != null' >/dev/null || fail "a chief does not see the leads"

# Pages: each feature once, in order, and together all.
next="$url$items?limit=10" pages=0
: >"$home/ids"
while [ -n "$next" ] && [ $pages -lt 30 ]; do
  curl -sS --fail "$next" >"$home/page"
  jq -e '.numberReturned == (.features | length)' "$home/page" >/dev/null || fail "numberReturned lies"
  jq -r '.features[].id' "$home/page" >>"$home/ids"
  pages=$((pages + 1)) next=$(jq -r '.links[] | select(.rel == "next") | .href' "$home/page")
done
same "pages of ten" $pages 14
same "features in pages" "$(sort -u "$home/ids" | wc -l)" 137
same "numberMatched" "$(get "$items?limit=1" | jq .numberMatched)" 137
id=$(head -1 "$home/ids")
same "a single one" "$(get "$items/$id" | jq -r .id)" "$id"
same "a single one that is not there" "$(ask "$items/00000000-0000-7000-8000-000000000000")" 404

# Questions, held against the points themselves. The box is closed: what stands on its edge is in it.
count() { get "$items?limit=1000&$1" | jq '.features | length'; }
same "bbox" "$(count bbox=121.005,32.005,121.035,32.045)" 12
same "bbox in another CRS" "$(count 'bbox=32.005,121.005,32.045,121.035&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326')" 12
same "on the edge" "$(count bbox=121.01,32.01,121.02,32.02)" 4
same "over the antimeridian" "$(count bbox=179,-90,121.0001,90)" 12
same "a property" "$(count "name=$(jq -rn '"桶 3" | @uri')")" 1
same "CQL2" "$(get "$items?limit=1000" -G --data-urlencode "filter=S_INTERSECTS(geometry, BBOX(121.005,32.005,121.035,32.045)) AND name LIKE '桶%'" | jq '.features | length')" \
  "$(jq '[.features[] | select(.geometry.coordinates | (.[0] > 121.005 and .[0] < 121.035 and .[1] > 32.005 and .[1] < 32.045)) | select(.properties.name | startswith("桶"))] | length' "$home/points.geojson")"
same "CQL2 as JSON" "$(get "$items?limit=1000" -G -d filter-lang=cql2-json --data-urlencode 'filter={"op":"=","args":[{"property":"name"},"桶 3"]}' | jq '.features | length')" 1
same "a plus is a space" "$(count 'filter=containers+=+3+AND+name+LIKE+%27%25%27')" "$(jq '[.features[] | select(.properties.containers == 3)] | length' "$home/points.geojson")"
same "but not in a zone" "$(ask "$items?datetime=2026-01-01T00:00:00+08:00/..")" 200
same "sorted" "$(get "$items?limit=2&sortby=-name" | jq -r '[.features[].properties.name] | . == (. | sort | reverse)')" true
same "few properties" "$(get "$items?limit=1&properties=name" | jq -c '.features[0].properties | keys')" '["name"]'
same "axes of 4326" "$(get "$items/$id?crs=http://www.opengis.net/def/crs/EPSG/0/4326" | jq '.geometry.coordinates[0] < 90')" true
ask "$items?crs=http://www.opengis.net/def/crs/EPSG/0/4549&limit=1" >/dev/null
same "Content-Crs" "$(header Content-Crs)" "<http://www.opengis.net/def/crs/EPSG/0/4549>"

# What is refused says so: nothing is guessed, nothing ignored.
for wrong in foo=1 limit=0 limit=x bbox=1,2,3 bbox=1,2,3,x datetime=yesterday filter=%28 filter=nobody%3D1 sortby=nobody properties=nobody crs=EPSG:4326 \
  filter-lang=sql f=nonsense after=nonsense bbox-crs=nonsense limit=1\&limit=2 name=%zz name=%00; do
  same "$wrong" "$(ask "$items?$wrong")" 400
  same "the type of what is said of $wrong" "$(header Content-Type)" application/problem+json
  jq -e '.status == 400 and (.detail | length) > 10' "$home/body" >/dev/null || fail "$wrong is refused without a word that helps: $(cat "$home/body")"
done
same "the detail in Chinese" "$(get "$items?foo=1" -H 'Accept-Language: zh' 2>/dev/null | jq -r '.title | test("\\p{Han}")')" true

# Methods, tags.
same "POST where there is none" "$(ask /collections -X POST -d x)" 405
same "Allow" "$(header Allow)" "GET, HEAD, OPTIONS"
same "HEAD" "$(curl -sS -I -o /dev/null -w '%{http_code} %{size_download}' "$url$items")" "200 0"
ask "$items?limit=3" >/dev/null
tag=$(header ETag)
[ -n "$tag" ] || fail "a page has no ETag"
same "not changed" "$(ask "$items?limit=3" -H "If-None-Match: $tag")" 304
gp load "$station" collection_point "$home/points.geojson" --id-field id >/dev/null 2>&1
same "still not changed" "$(ask "$items?limit=3" -H "If-None-Match: $tag")" 304
jq '.features[0:3][].properties.name = "new"' "$home/points.geojson" >"$home/changed.geojson"
gp load "$station" collection_point "$home/changed.geojson" --id-field id >/dev/null 2>&1
same "changed" "$(ask "$items?limit=3" -H "If-None-Match: $tag")" 200
same "what a load brought is served at once" "$(count name=new)" 3

# GDAL reads it at the first try.
ogrinfo -q "OAPIF:$url" >"$home/gdal" 2>&1 || fail "ogrinfo: $(cat "$home/gdal")"
grep -q collection_point "$home/gdal" || fail "ogrinfo does not see the layer: $(cat "$home/gdal")"
ogr2ogr -f GeoJSON -oo PAGE_SIZE=25 "$home/copy.geojson" "OAPIF:$url" collection_point 2>"$home/gdal" || fail "ogr2ogr: $(cat "$home/gdal")"
same "features by GDAL" "$(jq "[.features[].geometry.coordinates] | unique | length" "$home/copy.geojson")" 137
same "GDAL's own box" "$(ogrinfo -ro -so -spat 121.005 32.005 121.035 32.045 "OAPIF:$url" collection_point | sed -n 's/^Feature Count: //p')" 12
same "GDAL's own filter" "$(ogrinfo -ro -so -where "name = '桶 9'" "OAPIF:$url" collection_point | sed -n 's/^Feature Count: //p')" 1
same "GDAL with a password" "$(ogrinfo -ro -so -oo USERPWD="x:$token" "OAPIF:$url" finding 2>&1 | sed -n 's/^Feature Count: //p')" 1

# It ends when it is told to, and what was acknowledged is there.
served_ends
gp verify "$station" >/dev/null 2>&1 || fail "the station is not what it was"
echo "serve: fine"
