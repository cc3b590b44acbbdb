#!/bin/bash
# qgis_oapif.sh - QGIS itself, without a window, reads every layer: as many features as the service counts, each once, each with a valid place, in
# a CRS it knows; with a token it reads what the public does not see. Skipped where python3-qgis is not installed.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
. "$(dirname "$0")/furnished.bash"
/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || { echo "skipped: no python3-qgis"; exit 77; }
station=$home/tongzhou
furnished "$station"
token=$(gp token add "$station" --for Chen --name qgis 2>/dev/null)
serving "$station"
export HOME=$home/qgis XDG_RUNTIME_DIR=$home/qgis
mkdir -m 700 "$HOME"

read_as() { # WHO [CURL OPTION ...]
  local who=$1 layer
  shift
  curl -sS "$url/collections" "$@" | jq -r '.collections[].id' >"$home/layers"
  while read -r layer; do
    curl -sS "$url/collections/$layer/items?limit=10000" "$@" | jq -r --arg key "$layer" '"\($key) \(.numberReturned) \(.numberReturned) \([.features[] | select(.geometry != null)] | length)"'
  done <"$home/layers" >"$home/expected"
  timeout 300 /usr/bin/python3 "$(dirname "$0")/qgis_read.py" "$url" $(cat "$home/layers") >"$home/said" 2>"$home/qgis.log" || fail "QGIS ended with $?: $(tail -5 "$home/qgis.log")"
  grep -E '^[a-z_]+ (EPSG:4326|-) ' "$home/said" | cut -d' ' -f1,3-5 >"$home/read" || true
  diff "$home/expected" "$home/read" >"$home/diff" || fail "as $who (service, QGIS): $(cat "$home/diff" "$home/said")"
  echo "qgis_oapif: $(wc -l <"$home/layers") layers, $(awk '{n += $2} END {print n}' "$home/read") features as $who"
}
read_as public
export QGIS_TOKEN=$token
read_as chief -H "Authorization: Bearer $token"
for layer in case lead finding change permit zone survey; do
  grep -qE "^$layer [1-9]" "$home/read" || fail "nothing of $layer was read: $(cat "$home/read")"
done
grep -q '^building .*checked\|^building .*height_m:\(Integer\|Real\)' "$home/said" || fail "the fields of buildings: $(grep ^building "$home/said")"
served_ends
echo "qgis_oapif: fine"
