#!/bin/bash
# oapif.sh - GDAL as a client: layers, pages, boxes, filters by attribute and date, the district's CRS, a token; and whoever reads all of a layer
# while others edit 200 features a second gets each that was there all the time, and gets it once.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
count=6000 writers=4 edits_per_s=200
staffed "$station" <<'PEOPLE'
An analyst
Wang inspector
Chen chief
PEOPLE
jq -n --argjson n $count '{type: "FeatureCollection", features: [range($n) | {type: "Feature", properties: {id: "b\(.)", name: "b\(.)", width_m: (. % 7 + 0.5),
  checked_at: "2026-01-0\(. % 9 + 1)"}, geometry: {type: "Point", coordinates: [121 + (. % 100) / 1000, 32 + (. / 100 | floor) / 1000]}}]}' >"$home/boards.geojson"
gp load "$station" billboard "$home/boards.geojson" --id-field id --quiet
printf 'x' >"$home/near.jpg"
gp finding add "$station" "$home/near.jpg" --place 121.07,32.05 --text "a shed" --as Wang --at 2026-03-02T08:30 >/dev/null
token=$(gp token add "$station" --for An --name tests 2>/dev/null)
serving "$station"
source=OAPIF:$url
features() { ogrinfo -ro -so "$@" 2>"$home/said" | sed -n 's/^Feature Count: //p' || fail "ogrinfo $*: $(cat "$home/said")"; }
read_all() { ogr2ogr -f GeoJSON "$home/copy.geojson" "$@" 2>"$home/said" || fail "ogr2ogr $*: $(cat "$home/said")"; }
copied() { jq "$@" "$home/copy.geojson"; }

ogrinfo -q "$source" >"$home/layers" 2>&1 || fail "ogrinfo: $(cat "$home/layers")"
for layer in billboard building area cell; do grep -q "[0-9]: $layer " "$home/layers" || fail "GDAL does not see $layer: $(cat "$home/layers")"; done
grep -qE "finding|lead|case" "$home/layers" && fail "GDAL sees what the public does not"
same "counted" "$(features "$source" billboard)" $count
rm -f "$home/copy.geojson"; read_all -oo PAGE_SIZE=1000 "$source" billboard
same "read" "$(copied '[.features[].properties.name] | unique | length')" $count
same "a box" "$(features -spat 121.0005 32.0005 121.0105 32.0105 "$source" billboard)" 100
same "an attribute" "$(features -where "name = 'b17'" "$source" billboard)" 1
same "a number" "$(features -where "width_m = 0.5" "$source" billboard)" 858
same "a day" "$(features -where "checked_at = '2026/01/09'" "$source" billboard)" 666
same "days" "$(features -where "checked_at >= '2026/01/08'" "$source" billboard)" 1332
same "a box and an attribute" "$(features -spat 121.0005 32.0005 121.0105 32.0105 -where "width_m = 0.5" "$source" billboard)" 15
for crs in EPSG/0/4549 EPSG/0/4326 EPSG/0/4490 EPSG/0/3857; do
  rm -f "$home/copy.geojson"
  read_all -oo CRS=http://www.opengis.net/def/crs/$crs -oo PAGE_SIZE=1000 -t_srs OGC:CRS84 -where "name = 'b101'" "$source" billboard
  same "b101 by way of $crs" "$(copied -c '.features[0].geometry.coordinates | map(. * 100000 | round)')" "[12100100,3200100]"
done
same "a token" "$(features -oo USERPWD="x:$token" "$source" finding)" 1
ogrinfo -ro -so -oo USERPWD="x:nonsense" "$source" billboard >"$home/said" 2>&1 && fail "a wrong token was taken"

# A layer that is too large to be counted for a page: all of it is counted as kept, a small box as found, a wide one not at all; and each box
# gives what lies in it, page by page, whichever way it was found.
jq -n '{type: "FeatureCollection", features: [range(20600) | {type: "Feature", properties: {id: "s\(.)"}, geometry: {type: "Point",
  coordinates: [121 + (. % 200) / 10000, 32 + (. / 200 | floor) / 10000]}}]}' >"$home/signs.geojson"
gp load "$station" shop_sign "$home/signs.geojson" --id-field id --quiet
signs=/collections/shop_sign/items
matched() { curl -sS "$url$signs?limit=1&$1" | jq -c .numberMatched; }
paged() { # QUERY: how many features, how many ids
  local next="$url$signs?limit=3000&$1"
  while [ -n "$next" ]; do
    curl -sS "$next" >"$home/page"
    jq -r '.features[].id' "$home/page"
    next=$(jq -r '.links[] | select(.rel == "next") | .href' "$home/page")
  done | sort | uniq -c | awk '{n += $1} END {print n + 0, NR}'
}
same "all, as kept" "$(matched '')" 20600
same "a wide box" "$(matched 'bbox=121,32,122,33')" null
same "a small box" "$(matched 'bbox=121.00005,32.00005,121.00105,32.00105')" 100
same "a filter" "$(matched "filter=state='present'")" null
same "a filter with a small box" "$(matched "filter=state='present'&bbox=121.00005,32.00005,121.00105,32.00105")" 100
same "a filter with a place" "$(matched 'filter=S_INTERSECTS(geometry,BBOX(121.00005,32.00005,121.00105,32.00105))')" 100
same "a wide box, page by page" "$(paged 'bbox=121,32,122,33')" "20600 20600"
same "nearly all, page by page" "$(paged 'bbox=121,32,122,32.01025')" "20600 20600"
same "most, page by page" "$(paged 'bbox=121,32,122,32.00995')" "20000 20000"
same "half, page by page" "$(paged 'bbox=121,32,122,32.00495')" "10000 10000"
same "half, by a filter, sorted" "$(paged 'filter=S_INTERSECTS(geometry,BBOX(121,32,122,32.00495))&sortby=-name')" "10000 10000"

# 200 edits a second on four connections: owners of features that are there, and new features.
curl -sS "$url/collections/billboard/items?limit=10000" | jq -r '.features[].id' >"$home/ids"
shuf -n 2400 "$home/ids" >"$home/edited"
awk -v url="$url/collections/billboard/items" -v home="$home" -v writers=$writers '{
  file = home "/edits." NR % writers
  if (begun[file]++) print "next" >file
  print "silent\nshow-error\noutput = \"/dev/null\"\nwrite-out = \"%{http_code}\\n\"\nheader = \"Authorization: Bearer '"$token"'\"" >file
  if (NR % 10 == 0) printf "url = \"%s\"\nrequest = \"POST\"\nheader = \"Content-Type: application/geo+json\"\ndata = \"{\\\"type\\\":\\\"Feature\\\",\\\"geometry\\\":{\\\"type\\\":\\\"Point\\\",\\\"coordinates\\\":[121.05,32.03]},\\\"properties\\\":{\\\"name\\\":\\\"new\\\"}}\"\n", url >file
  else printf "url = \"%s/%s\"\nrequest = \"PATCH\"\nheader = \"Content-Type: application/merge-patch+json\"\ndata = \"{\\\"properties\\\":{\\\"owner\\\":\\\"%d\\\"}}\"\n", url, $1, NR >file
}' "$home/edited"
writing=
for ((i = 0; i < writers; i++)); do
  curl --rate $((edits_per_s / writers))/s -K "$home/edits.$i" >"$home/written.$i" 2>"$home/writing.$i" & writing="$writing $!"
done
begun=$SECONDS rounds=0
sleep 0.5
while kill -0 $writing 2>/dev/null; do
  rm -f "$home/copy.geojson"
  read_all -oo PAGE_SIZE=$((50 * (1 + rounds % 3) ** 2)) "$source" billboard
  rounds=$((rounds + 1))
  same "features in round $rounds that were there all the time, and those given twice" \
    "$(copied -r '[.features[] | select(.properties.name != "new") | .properties.name] | "\(unique | length) \(length - (unique | length))"')" "$count 0"
  same "ids given twice in round $rounds" "$(copied '[.features[].properties.id // "none"] | length - (unique | length)')" 0
done
wait $writing || fail "a writer ended with $?: $(cat "$home"/writing.*)"
took_s=$((SECONDS - begun))
same "edits refused" "$(cat "$home"/written.* | grep -cv '^20[14]$' || true)" 0
same "edits" "$(cat "$home"/written.* | wc -l)" 2400
[ $rounds -ge 2 ] || fail "only $rounds rounds beside 2400 edits"
served_ends
gp verify "$station" >/dev/null 2>&1 || fail "the station is not what it was"
echo "oapif: fine ($rounds times all of $count features beside 2400 edits in ${took_s} s)"
