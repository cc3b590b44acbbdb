#!/bin/bash
# serve_soak.sh - mixed requests on eight connections beside writers that make 200 edits a second, to the end: each is answered as it should be,
# whoever pages through all gets each feature once, a tile has what was put there just before, no edit is lost, and memory does not grow.
# SOAK: how many requests (3000). Where the machine was busy with others beforehand the rate is told, not held.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
edits=$(dirname "$GRIDPATROL")/http_edits
[ -x "$edits" ] || { echo "skipped: no $edits"; exit 77; }
requests=${SOAK:-3000} count=4000 edits_per_s=200 writers=8
busy=$(awk -v n="$(nproc)" '{ print ($1 > n) }' /proc/loadavg)     # with others, before anything of ours began
staffed "$station" <<'PEOPLE'
An analyst
PEOPLE
jq -n --argjson n $count '{type: "FeatureCollection", features: [range($n) | {type: "Feature", properties: {id: "b\(.)", name: "b\(.)", width_m: (. % 7 + 0.5)},
  geometry: {type: "Point", coordinates: [121 + (. % 100) / 1000, 32 + (. / 100 | floor) / 1000]}}]}' >"$home/boards.geojson"
gp load "$station" billboard "$home/boards.geojson" --id-field id --quiet
token=$(gp token add "$station" --for An --name writer 2>/dev/null)
serving "$station" --log-level error
layer=$url/collections/billboard
curl -sS --fail "$layer/items?limit=5000" | jq -r '.features[].id' >"$home/ids"

# Requests of every kind, with the status each should have.
awk -v url="$url" -v n="$requests" 'BEGIN { srand(20261126) } { id[NR] = $1 } END {
  layer = url "/collections/billboard"
  for (i = 0; i < n; i++) {
    x = 121 + rand() / 10; y = 32 + rand() / 25; want = 200
    k = i % 12
    if (k == 0) ask = layer "/items?limit=50"
    else if (k == 1 || k == 2) ask = sprintf("%s/items?bbox=%.4f,%.4f,%.4f,%.4f", layer, x, y, x + 0.01, y + 0.01)
    else if (k == 3 || k == 4) ask = layer "/items/" id[1 + int(rand() * NR)]
    else if (k == 5) ask = layer "/items?filter=width_m%3E3%20AND%20name%20LIKE%20%27b1%25%27&limit=20"
    else if (k == 6) ask = sprintf("%s/tiles/WebMercatorQuad/14/%d/%d", layer, 6651 + int(rand() * 2), 13699 + int(rand() * 5))
    else if (k == 7) ask = url "/collections"
    else if (k == 8) ask = layer "/queryables"
    else if (k == 9) ask = layer "/download?f=csv&width_m=2.5"
    else if (k == 10) { ask = layer "/items/00000000-0000-7000-8000-000000000000"; want = 404 }
    else { ask = layer "/items?nonsense=1"; want = 400 }
    if (i) print "next"
    printf "url = \"%s\"\noutput = \"/dev/null\"\nwrite-out = \"%d %%{http_code} %%{url}\\n\"\n", ask, want
  }
}' "$home/ids" >"$home/mixed"
memory_kb() { awk '/^RssAnon/ { print $2 }' "/proc/$served/status"; }

"$edits" "${url##*:}" "$token" billboard "$home/ids" $writers $edits_per_s >"$home/written" 2>"$home/writing" & writer=$!
curl -sS --parallel --parallel-max 8 -K "$home/mixed" >"$home/answers" 2>"$home/said" & asker=$!
rounds=0 tiles=0 began_kb=
while kill -0 $asker 2>/dev/null; do
  next="$layer/items?limit=700"
  : >"$home/seen"
  while [ -n "$next" ]; do
    curl -sS --fail "$next" >"$home/page"
    jq -r '.features[] | select(.properties.name | startswith("b")) | .id' "$home/page" >>"$home/seen"
    next=$(jq -r '.links[] | select(.rel == "next") | .href' "$home/page")
  done
  same "features in round $rounds" "$(wc -l <"$home/seen") $(sort -u "$home/seen" | wc -l)" "$count $count"
  place="[121.0$((10 + rounds % 80)),32.01]"
  id=$(curl -sS --fail -D - -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/geo+json' "$layer/items" \
       --data "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":$place},\"properties\":{\"name\":\"new\"}}" |
       tr -d '\r' | sed -n 's/^[Ll]ocation: .*\///p')
  column=$(jq -n "$place[0] | ((. + 180) / 360 * 16384) | floor")
  curl -sS --fail "$layer/tiles/WebMercatorQuad/14/6652/$column" >"$home/tile"
  grep -qa "$id" "$home/tile" || fail "a tile is older than the edit before it ($id, column $column)"
  tiles=$((tiles + 1))
  rounds=$((rounds + 1))
  [ -n "$began_kb" ] || began_kb=$(memory_kb)
done
wait $asker || fail "whoever asked ended with $?: $(head -3 "$home/said")"
kill $writer || fail "the writers ended too early: $(cat "$home/writing")"
wait $writer || fail "the writers ended with $?: $(cat "$home/writing")"
same "answers" "$(wc -l <"$home/answers")" "$requests"
same "answers other than they should be" "$(awk '$1 != $2' "$home/answers" | head -3)" ""
read -r _ made _ seconds _ per_s _ refused _ <"$home/written"
same "edits refused" "$refused" 0
kept=$(awk -v r="$per_s" -v wanted=$edits_per_s 'BEGIN { print (r >= 0.95 * wanted) }')
[ "$kept" = 1 ] || [ "$busy" = 1 ] || fail "$made edits in $seconds s, $per_s a second: $edits_per_s were to be made: $(cat "$home/written")"
while read -r _ id owner; do
  same "the last edit of $id" "$(curl -sS --fail -H "Authorization: Bearer $token" "$layer/items/$id" | jq -r .properties.owner)" "$owner"
done < <(grep '^last' "$home/written")
[ "$tiles" -ge 1 ] || fail "no tile was looked at"
grown_kb=$(($(memory_kb) - began_kb))
[ $grown_kb -lt 65536 ] || fail "memory grew by $grown_kb KB"
grep -q '"level":"error"' "$home/served" && fail "something went wrong: $(grep -m 1 '"level":"error"' "$home/served")"
served_ends
gp verify "$station" >/dev/null 2>&1 || fail "the station is not what it was"
echo "serve_soak: fine ($requests requests, $rounds times all of it, $tiles fresh tiles, $made edits, $per_s a second$([ "$kept" = 1 ] || echo " on a busy machine"), memory +$grown_kb KB)"
