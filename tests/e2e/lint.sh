#!/bin/bash
# lint.sh - the API document as redocly's linter sees it, for the public and for who edits, and what is handed out as a GeoJSON checker sees it:
# neither finds a fault. Installs both from npm into a temporary folder; without node, npm or the registry it says so and skips.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
. "$(dirname "$0")/furnished.bash"
{ command -v node && command -v npm; } >/dev/null || { echo "skipped: no node or npm"; exit 77; }
mkdir "$home/npm"
(cd "$home/npm" && echo '{"private":true,"type":"module"}' >package.json &&
  timeout 200 npm install --silent --no-audit --no-fund --ignore-scripts @redocly/cli@2 @placemarkio/check-geojson@0.1 >npm.log 2>&1) ||
  { echo "skipped: npm has no @redocly/cli or @placemarkio/check-geojson here"; exit 77; }
station=$home/tongzhou
furnished "$station"
token=$(gp token add "$station" --for An --name lint 2>/dev/null)
serving "$station"

# Rules of taste are off: that the server is a machine of one's own, that there is an operation without a 4xx of its own kind.
cat >"$home/npm/redocly.yaml" <<'RULES'
extends: [recommended]
rules:
  no-server-example.com: off
RULES
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true CI=1
for who in public analyst; do
  args=()
  [ $who = public ] || args=(-H "Authorization: Bearer $token")
  curl -sS --fail "$url/api?f=openapi" "${args[@]}" >"$home/npm/$who.json" || fail "no API document for $who"
  (cd "$home/npm" && timeout 120 node_modules/.bin/redocly lint --format=stylish "$who.json" >"$who.lint" 2>&1) || fail "the API document for $who: $(head -60 "$home/npm/$who.lint")"
  grep -qiE '[1-9][0-9]* warning' "$home/npm/$who.lint" && fail "the API document for $who: $(head -60 "$home/npm/$who.lint")"
done

# Strictly RFC 7946, first and last of every collection, and single features.
cat >"$home/npm/check.mjs" <<'CHECK'
import { check, HintError } from '@placemarkio/check-geojson';
import { readFileSync } from 'fs';
let bad = 0;
for (const file of process.argv.slice(2)) {
  try { check(readFileSync(file, 'utf8')); }
  catch (e) { bad++; console.log(file, e instanceof HintError ? e.issues.slice(0, 3).map(i => i.message).join('; ') : e.message); }
}
process.exit(bad > 0 ? 1 : 0);
CHECK
n=0
for key in $(curl -sS "$url/collections" -H "Authorization: Bearer $token" | jq -r '.collections[].id'); do
  curl -sS "$url/collections/$key/items?limit=10000" -H "Authorization: Bearer $token" >"$home/npm/$key.geojson"
  id=$(jq -r '.features[0].id // empty' "$home/npm/$key.geojson")
  [ -z "$id" ] || curl -sS "$url/collections/$key/items/$id" -H "Authorization: Bearer $token" >"$home/npm/$key-one.geojson"
  curl -sS "$url/collections/$key/download?f=geojson" -H "Authorization: Bearer $token" >"$home/npm/$key-whole.geojson"
  n=$((n + 1))
done
(cd "$home/npm" && node check.mjs *.geojson) || fail "GeoJSON"
served_ends
echo "lint: nothing found in two API documents and in $n collections"
