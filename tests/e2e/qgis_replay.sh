#!/bin/bash
# qgis_replay.sh - QGIS 3.32 and newer, request by request: opens a collection, pages through it, filters, adds a feature, edits it, deletes it.
# The requests are those of QgsOapifProvider, with its headers: no If-Match, Content-Crs without brackets, one Feature a POST, the id
# taken from what follows the last /items/ of Location. What QGIS reads of an answer is looked at as QGIS does.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
An analyst
Chen chief
PEOPLE
jq -n '{type: "FeatureCollection", features: [range(2500) | {type: "Feature", properties: {id: "b\(.)", name: "牌 \(.)", width_m: (. % 7 + 0.5),
  checked_at: "2026-01-0\(. % 9 + 1)"}, geometry: {type: "Point", coordinates: [121 + (. % 50) / 1000, 32 + (. / 50 | floor) / 1000]}}]}' >"$home/boards.geojson"
gp load "$station" billboard "$home/boards.geojson" --id-field id --quiet
token=$(gp token add "$station" --for An --name qgis 2>/dev/null)
serving "$station"
layer=/collections/billboard
qgis() { # PATH [CURL OPTION ...]: as the network manager of QGIS sends it, with Basic
  ask "$1" -H 'User-Agent: Mozilla/5.0 QGIS/33411' -H 'Accept-Encoding: gzip, deflate' -H 'Accept-Language: en-US,*' -u "x:$token" --compressed "${@:2}"
}
json() { jq -e "$@" "$home/body" >/dev/null || fail "$*: $(head -c 800 "$home/body")"; }
geojson='Accept: application/geo+json, application/json' plain='Accept: application/json'

# The first page names the API document with the type QGIS looks for, and everything else it asks for.
same "landing page" "$(qgis / -H "$plain")" 200
json '[.links[].rel] | contains(["service-desc", "conformance", "data"])'
api=$(jq -r '.links[] | select(.rel == "service-desc" and (.type | startswith("application/vnd.oai.openapi+json;version=3.0"))) | .href' "$home/body")
same "API document" "$(qgis "${api#"$url"}" -H 'Accept: application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json')" 200
json '.components.parameters.limit.schema | .maximum >= 2500 and .default > 0'
json --arg path "$layer/items" '[.paths[$path].get.parameters[] | select(.name == "width_m" and .in == "query" and .style == "form" and .explode == false and .schema.type == "number")] | length == 1'
most=$(jq .components.parameters.limit.schema.maximum "$home/body")
same "collection" "$(qgis $layer -H "$plain")" 200
json '.id == "billboard" and (.extent.spatial.bbox[0] | length == 4) and (.crs | length >= 4) and .storageCrs == .crs[0]'
json '[.links[] | select(.rel == "items" and .type == "application/geo+json")] | length == 1'
same "collection with a slash" "$(qgis $layer/ -H "$plain")" 200
same "conformance" "$(qgis /conformance -H "$plain")" 200
for class in ogcapi-features-3/1.0/conf/filter ogcapi-features-3/1.0/conf/features-filter cql2/1.0/conf/cql2-text cql2/1.0/conf/basic-cql2 \
  cql2/1.0/conf/advanced-comparison-operators cql2/1.0/conf/case-insensitive-comparison cql2/1.0/conf/basic-spatial-operators ogcapi-features-5/1.0/conf/schemas; do
  json --arg class "http://www.opengis.net/spec/$class" '.conformsTo | index($class) != null'
done
same "queryables" "$(qgis $layer/queryables -H 'Accept: application/schema+json')" 200
json '.type == "object" and .properties.width_m.type == "number" and .properties.checked_at.format == "date" and .properties.geometry.format == "geometry-point"'
schema=$(curl -sS "$url$layer" -H "$plain" | jq -r '.links[] | select(.rel == "http://www.opengis.net/def/rel/ogc/1.0/schema" and .type == "application/schema+json") | .href')
same "schema" "$(qgis "${schema#"$url"}" -H 'Accept: application/schema+json')" 200
json '[.properties[]."x-ogc-propertySeq"] | length == (unique | length)'
json '[.properties[] | select(has("type")) | .type | type == "string"] | all'
json '.properties.geometry | ."x-ogc-role" == "primary-geometry" and .format == "geometry-point" and (has("type") | not)'
same "sample" "$(qgis "$layer/items?limit=10" -H "$geojson")" 200
json '(.features | length == 10) and .numberMatched == 2500'
first=$(jq -r '.features[0].id' "$home/body")

# What may be edited is what Allow says: POST of the collection, PUT, PATCH and DELETE of a feature, whether it is there or not.
for path in $layer/items $layer/items/$first $layer/items/unknown_id; do
  same "OPTIONS $path" "$(qgis $path -X OPTIONS)" 204
  echo "$path $(header Allow)"
done >"$home/allow"
same "what may be edited" "$(cut -d' ' -f2- "$home/allow" | sort -u | paste -sd';')" "GET, HEAD, POST, OPTIONS;GET, HEAD, PUT, PATCH, DELETE, OPTIONS"
ask $layer/items -X OPTIONS >/dev/null
same "what the public may edit" "$(header Allow)" "GET, HEAD, OPTIONS"

# All of it, page by page, by the link in the body.
pages() { # PATH: ids, one a line
  local next=$url$1
  while [ -n "$next" ]; do
    same "$next" "$(qgis "${next#"$url"}" -H "$geojson")" 200
    jq -r '.features[].id' "$home/body"
    next=$(jq -r '.links[] | select(.rel == "next" and .type == "application/geo+json") | .href' "$home/body")
  done
}
same "features, and their ids" "$(pages "$layer/items?limit=1000" | sort | uniq -c | awk '{n++; if ($1 > 1) twice++} END {print n, twice + 0}')" "2500 0"
[ "$most" -ge 2500 ] || fail "limit is at most $most"

# Its filters: names in quotes, TIMESTAMP with milliseconds, parameters given twice, the ends of time, a box in the layer's CRS.
counted() { qgis "$layer/items?limit=1&$1" -H "$geojson" >"$home/status"; same "$1: $(cat "$home/body" | head -c 300)" "$(cat "$home/status")" 200; jq .numberMatched "$home/body"; }
same "an attribute" "$(counted 'filter=%22width_m%22%20%3D%200.5&filter-lang=cql2-text')" 358
same "given twice" "$(counted 'filter=%22width_m%22%20%3D%200.5&filter-lang=cql2-text&filter-lang=cql2-text')" 358
same "LIKE" "$(counted "filter=(%22name%22%20LIKE%20'%E7%89%8C%20249%25')&filter-lang=cql2-text")" 11
same "CASEI" "$(counted "filter=CASEI(%22name%22)%20LIKE%20CASEI('%E7%89%8C%20249%25')&filter-lang=cql2-text")" 11
same "IN and NULL" "$(counted "filter=%22name%22%20IN%20('%E7%89%8C%201','%E7%89%8C%202')%20AND%20%22owner%22%20IS%20NULL%20OR%20%22permit_number%22%20IS%20NULL%20AND%20%22width_m%22%20%3C%200&filter-lang=cql2-text")" 0
same "DATE" "$(counted "filter=%22checked_at%22%20%3E=%20DATE('2026-01-09')&filter-lang=cql2-text")" 277
same "TIMESTAMP" "$(counted "filter=%22checked_at%22%20%3E%20TIMESTAMP('2026-01-08T12:00:00.000Z')&filter-lang=cql2-text")" 277
same "S_INTERSECTS" "$(counted "filter=S_INTERSECTS(%22geometry%22,POLYGON((121%2032,121.0101%2032,121.0101%2032.0101,121%2032.0101,121%2032)))&filter-lang=cql2-text&filter-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84")" 121
same "datetime from the beginning of time" "$(counted 'datetime=0000-01-01T00:00:00Z%2F2026-01-01T15:59:59Z')" 278
same "datetime to its end" "$(counted 'datetime=2026-01-09T00:00:00Z%2F9999-12-31T00:00:00Z')" 277
same "a box" "$(counted 'bbox=121,32,121.0101,32.0101')" 121
same "a box in 4326" "$(counted 'bbox=32,121,32.0101,121.0101&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326&crs=http://www.opengis.net/def/crs/EPSG/0/4326')" 121

# A feature is drawn, in the district's own coordinates as the project has them (northing first, as the authority says).
crs=http://www.opengis.net/def/crs/EPSG/0/4549
same "POST" "$(qgis $layer/items -X POST -H 'Content-Type: application/geo+json' -H "Content-Crs: $crs" \
  -d '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [3542610.7, 594926.2]}, "properties": {"name": "新牌", "width_m": 3, "owner": null}}')" 201
location=$(header Location)
id=${location##*/items/}
[[ $location == "$url$layer/items/$id" && $id =~ ^[0-9a-f-]{36}$ ]] || fail "Location: $location"
same "GET" "$(qgis "$layer/items/$id?crs=$crs" -H "$geojson")" 200
json '.type == "Feature" and .properties.name == "新牌" and .properties.width_m == 3 and (.geometry.coordinates[0] - 3542610.7 | fabs < 0.002) and (.geometry.coordinates[1] - 594926.2 | fabs < 0.002)'
same "Content-Crs" "$(header Content-Crs)" "<$crs>"

# Its attributes change, then its place: by PATCH, as QGIS does where it is allowed, and by PUT of the whole, as it does elsewhere.
patch='Content-Type: application/merge-patch+json'
same "PATCH of properties" "$(qgis "$layer/items/$id" -X PATCH -H "$patch" -d '{"properties": {"name": "更名", "checked_at": "2026-02-03"}}')" 204
same "PATCH of the geometry" "$(qgis "$layer/items/$id" -X PATCH -H "$patch" -H "Content-Crs: $crs" -d '{"geometry": {"type": "Point", "coordinates": [3542700, 595000]}}')" 204
same "GET" "$(qgis "$layer/items/$id?crs=$crs" -H "$geojson")" 200
json '.properties.name == "更名" and .properties.checked_at == "2026-02-03" and .properties.width_m == 3 and (.geometry.coordinates[0] - 3542700 | fabs < 0.002)'
jq '.properties.width_m = 4.25' "$home/body" >"$home/whole"
same "PUT" "$(qgis "$layer/items/$id" -X PUT -H 'Content-Type: application/geo+json' -H "Content-Crs: $crs" -d @"$home/whole")" 204
same "GET" "$(qgis "$layer/items/$id" -H "$geojson")" 200
json '.properties.width_m == 4.25 and .properties.name == "更名"'
same "what is cached is known to be old" "$(header Cache-Control | grep -c no-cache)" 1
same "DELETE" "$(qgis "$layer/items/$id" -X DELETE)" 204
same "GET of what is gone" "$(qgis "$layer/items/$id" -H "$geojson")" 404
same "all the others" "$(pages "$layer/items?limit=1000" | wc -l)" 2500

# What QGIS shows when it goes wrong is a sentence.
same "no place" "$(qgis $layer/items -X POST -H 'Content-Type: application/geo+json' -d '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [32, 121]}, "properties": {}}')" 400
json '.detail | length > 20'
same "another layer" "$(qgis /collections/cell/items -X POST -H 'Content-Type: application/geo+json' -d '{"type": "Feature", "geometry": null, "properties": {}}')" 405
same "its methods" "$(header Allow)" "GET, HEAD, OPTIONS"
served_ends
gp verify "$station" >/dev/null 2>&1 || fail "the station is not what it was"
gp audit list "$station" --thing asset --as Chen >"$home/audit"
same "edits in the audit" "$(grep -c An "$home/audit")" 5
echo "qgis_replay: fine"
