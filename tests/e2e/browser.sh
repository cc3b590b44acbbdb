#!/bin/bash
# browser.sh - the map and the pages in a real browser: it asks nobody else, complains of nothing, shows what is there, opens what is
# clicked at, filters, keeps its state in the address, speaks both languages, can be used by keyboard, and shows more to who signs in.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
. "$(dirname "$0")/webdriver.bash"
missing=$(browser_missing) && { echo "skipped: no $missing (Debian: chromium chromium-driver curl jq)"; exit 77; }
station=$home/tongzhou session= driver_pid=
trap 'browser_close; [ -z "$served" ] || kill "$served" 2>/dev/null; wait 2>/dev/null; rm -rf "$home"' EXIT
staffed "$station" <<'PEOPLE' >/dev/null
Wang inspector
Zhao checker
Li analyst
PEOPLE

# Sixty collection points in two states, and a finding with hostile words where nobody else is.
jq -n '{type: "FeatureCollection", features: [range(60) | {type: "Feature", properties: {id: "p\(.)", name: "桶 \(.)", state: (if . % 3 == 0 then "damaged" else "present" end)},
  geometry: {type: "Point", coordinates: [121 + (. % 10) / 500, 32 + (. / 10 | floor) / 500]}}]}' >"$home/points.geojson"
gp load "$station" collection_point "$home/points.geojson" --id-field id >/dev/null 2>&1
printf 'x' >"$home/near.jpg"
gp finding add "$station" "$home/near.jpg" --place 121.0101,32.0111 --text '<img src=x onerror="document.title=1">' --as Wang --at 2026-03-02T08:30 >/dev/null

# Two surveys of a hundred houses; one of them has grown to the east by a third.
houses() { jq -n --argjson grown "$1" '{type: "FeatureCollection", features: [range(100) | (121.0120 + (. % 10) * 0.0004) as $x | (32.0140 + (. / 10 | floor) * 0.0003) as $y |
  (0.00013 + (if . == 44 then $grown else 0 end)) as $w | {type: "Feature", properties: {id: "h\(.)"}, geometry: {type: "Polygon",
  coordinates: [[[$x, $y], [$x + $w, $y], [$x + $w, $y + 0.00009], [$x, $y + 0.00009], [$x, $y]]]}}]}'; }
houses 0 >"$home/2025.geojson"
houses 0.00006 >"$home/2026.geojson"
for year in 2025 2026; do gp survey add "$station" "$home/$year.geojson" --name $year --date $year-05-01 --accuracy-m 0.3 --id-field id --quiet >/dev/null; done
gp compare "$station" 2025 2026 --quiet >/dev/null || fail "the surveys cannot be compared"
token=$(gp token add "$station" --for Zhao --name browser 2>/dev/null) || fail "no token"
gp actor password "$station" Zhao <<<'correct horse battery' >/dev/null 2>&1 || fail "no password"
serving "$station"
curl -sS "$url/?f=html" | grep -q map-room || { echo "skipped: this build has no map"; exit 77; }
browser_open 1300 900

ready="document.getElementById('map-room')?.dataset.ready === 'yes'"
idle="$ready && gridpatrol.state.map.loaded() && gridpatrol.state.map.areTilesLoaded()"
shows() {   # shows LAYER COUNT: so many of it are drawn, soon
  until_js "$idle && new Set(gridpatrol.state.map.queryRenderedFeatures().filter((f) => f.layer.metadata?.key === '$1').map((f) => f.properties.id)).size === $2"
}
quiet() {   # quiet WHERE: nothing was complained of, nobody else was asked
  same "complaints $1" "$(complaints)" "[]"
  same "requests elsewhere $1" "$(js "return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !n.startsWith('$url/') && !n.startsWith('blob:'))")" "[]"
}

# Anybody: the map is there, with what is public and nothing else.
visit "$url/?lang=en"
until_js "$ready"
shows collection_point 60
same "layers for the public" "$(js "return document.querySelector('[data-layer=finding]') === null && document.querySelector('[data-layer=collection_point]').checked")" true
until_js "document.querySelectorAll('#list button').length > 0"
quiet "of the first page"

# It is drawn: where a point is the picture is not the ground.
drawn='const m = gridpatrol.state.map, gl = m.getCanvas().getContext("webgl2"), p = m.project([121.008, 32.004]), r = devicePixelRatio;
  m.redraw(); const of = (x, y) => { const b = new Uint8Array(4); gl.readPixels(x * r, gl.drawingBufferHeight - y * r, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, b); return [...b].join(); };
  return of(p.x, p.y) !== of(p.x + 25, p.y + 12)'
same "a point is painted" "$(js "$drawn")" true

# What is clicked at opens, with its page; Escape closes it.
read -r x y < <(js "const m = gridpatrol.state.map, p = m.project([121.008, 32.004]), b = m.getCanvas().getBoundingClientRect(); return [Math.round(b.x + p.x), Math.round(b.y + p.y)]" | jq -r 'join(" ")')
click_at "$x" "$y"
until_js "document.getElementById('record')?.hidden === false"
same "the record" "$(js "return document.getElementById('record-title').textContent")" '"桶 24"'
same "its page" "$(js "return document.querySelector('#record a').getAttribute('href').startsWith('$url/collections/collection_point/items/')")" true
same "the address names it" "$(js "return /r=collection_point/.test(decodeURIComponent(location.hash))")" true
press E00C     # Escape
until_js "document.getElementById('record').hidden"

# A filter changes map, list and address; the address alone brings all of it back.
choose="const s = document.querySelector('[data-filter=\"collection_point.state\"]'); s.value = 'damaged'; s.dispatchEvent(new Event('change', { bubbles: true })); return s.value"
same "the filter" "$(js "$choose")" '"damaged"'
until_js "gridpatrol.state.map.queryRenderedFeatures().filter((f) => f.layer.metadata?.key === 'collection_point').every((f) => f.properties.state === 'damaged')"
shows collection_point 20
until_js "document.querySelectorAll('#list button').length === 20"
same "the address knows" "$(js "return decodeURIComponent(location.hash).includes('q=collection_point.state:damaged')")" true
address=$(js "return location.href" | jq -r .)
visit about:blank
visit "$address"
until_js "$ready"
until_js "document.querySelectorAll('#list button').length === 20"
shows collection_point 20
same "and the filter shows it" "$(js "return document.querySelector('[data-filter=\"collection_point.state\"]').value")" '"damaged"'

# By keyboard: from the list to the record. By name: search.
js "document.querySelector('#list button').focus(); return 1" >/dev/null
press E007     # Enter
until_js "document.getElementById('record').hidden === false && document.activeElement.id === 'record'"
js "document.getElementById('search').value = '桶 59'; document.querySelector('form[role=search]').requestSubmit(); return 1" >/dev/null
until_js "document.querySelectorAll('#found button').length === 1"
quiet "after all that"

# Chinese.
visit "$url/?lang=zh"
until_js "$idle"
same "layers in Chinese" "$(js "return document.getElementById('layers-title').textContent")" '"图层"'

# Who signs in sees more, and hostile words stay words.
visit "$url/sign-in?lang=en&next=/"
js "document.querySelector('[name=name]').value = 'Zhao'; document.querySelector('[name=password]').value = 'correct horse battery'; document.querySelector('main form').requestSubmit(); return 1" >/dev/null
until_js "$ready"
same "findings for a checker" "$(js "return document.querySelector('[data-layer=finding]').checked")" true
js "const s = document.getElementById('list-of'); s.value = 'finding'; s.dispatchEvent(new Event('change')); return 1" >/dev/null
until_js "document.querySelectorAll('#list button').length === 1 && document.querySelector('#list-of').value === 'finding'"
js "document.querySelector('#list button').click(); return 1" >/dev/null
until_js "document.querySelector('#record .moves li') !== null"
same "hostile words" "$(js "return document.querySelector('#record img') === null && document.getElementById('record').textContent.includes('<img src=x')")" true
quiet "with a finding open"

# A change: before and after fade into one another, and the curtain is moved by the keyboard.
same "changes over HTTP" "$(curl -sS "$url/collections/change/items" -H "Authorization: Bearer $token" | jq .numberMatched)" 1
visit about:blank
visit "$url/?lang=en"
until_js "$ready"
js "const s = document.getElementById('list-of'); s.value = 'change'; s.dispatchEvent(new Event('change')); return 1" >/dev/null
until_js "document.querySelector('#list-of').value === 'change' && document.querySelectorAll('#list button').length === 1"
js "document.querySelector('#list button').click(); return 1" >/dev/null
until_js "document.getElementById('pair-fade') !== null"
until_js "$idle && gridpatrol.state.map.getSource('pair:after') !== undefined"
fade="const s = document.getElementById('pair-fade'); s.value = 100; s.dispatchEvent(new Event('input')); const m = gridpatrol.state.map;
  return [m.getPaintProperty('pair:before:line', 'line-opacity'), m.getPaintProperty('pair:after:line', 'line-opacity')]"
same "faded to after" "$(js "$fade")" "[0,1]"
js "document.getElementById('pair-swipe').focus(); return 1" >/dev/null
press E014     # to the right
until_js "document.getElementById('curtain') !== null"
js "const s = document.getElementById('pair-swipe'); s.value = 50; s.dispatchEvent(new Event('input')); return 1" >/dev/null
same "the curtain is half drawn" "$(js "return getComputedStyle(document.getElementById('curtain')).clipPath")" '"inset(0px 50% 0px 0px)"'
quiet "with before and after"
js "document.querySelector('#record .close').click(); return 1" >/dev/null
same "the curtain is gone" "$(js "return document.getElementById('curtain') === null")" true
change=$(curl -sS "$url/collections/change/items" -H "Authorization: Bearer $token" | jq -r '.features[0].id')

# Judged by axe-core: nothing serious on the main pages, in the light and in the dark.
axe=${GRIDPATROL_AXE:-$PWD/build/vendor-tests}
if scripts/vendor.sh tests/e2e/axe.list "$axe" 2>"$home/axe"; then
  record=$(curl -sS "$url/collections/collection_point/items?limit=1" | jq -r '.features[0].id')
  finding=$(curl -sS "$url/collections/finding/items" -H "Authorization: Bearer $token" | jq -r '.features[0].id')
  for page in / /collections /collections/collection_point "/collections/collection_point/items?limit=5" /collections/collection_point/items/"$record" /collections/building/schema /api \
    /conformance /sign-in /me /nothing "/findings/$finding" "/changes/$change"; do
    visit "$url$page"
    [ "$page" != / ] || until_js "$ready"
    jq -n --rawfile axe "$axe/axe.min.js" '{script: ($axe + "; const done = arguments[arguments.length - 1]; axe.run().then((r) => done(r.violations.filter((v) => v.impact === \"serious\" || v.impact === \"critical\").map((v) => v.id + \": \" + v.nodes.map((n) => n.target + \" \" + n.failureSummary).slice(0, 3).join(\" | \"))))"), args: []}' >"$home/run"
    same "axe on $page" "$(wd POST "$session/execute/async" <"$home/run" | jq -c .value)" "[]"
  done
else
  echo "axe-core was not there: $(cat "$home/axe")"
fi
[ -z "${PICTURES:-}" ] || { visit "$url/?lang=zh"; until_js "$idle"; sleep 1; picture "$PICTURES/map.png"; }
echo "browser: fine"
