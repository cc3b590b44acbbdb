#!/bin/bash
# document.sh - a district lays down a limit and a rule of its own: tried without taking it, taken, in force, shown, withdrawn.
set -euo pipefail
. "$(dirname "$0")/station.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Wang inspector
Sun coordinator
PEOPLE
gp case open "$station" --kind billboard --place 121.07,32.07 --as Wang >"$home/case"
case=$(cat "$home/case")

gp document show "$station" rules >"$home/rules.json"
gp document load "$station" rules "$home/rules.json" --dry-run 2>"$home/said" || fail "its own rules are refused: $(cat "$home/said")"
jq '(.rules[] | select(.key == "everything_else")).agency = "township"' "$home/rules.json" >"$home/own.json"
jq '(.rules[] | select(.key == "everything_else")).agency = "nobody"' "$home/rules.json" >"$home/wrong.json"
jq 'del(.rules[] | select(.key == "everything_else"))' "$home/rules.json" >"$home/endless.json"

# What is wrong is named with its place, as exit status 3, and nothing is taken.
status=0
gp document load "$station" rules "$home/wrong.json" 2>"$home/said" || status=$?
same "exit of a wrong file" $status 3
grep -q "wrong.json:[0-9]*: rules\[16\].agency: the key of an agency is expected" "$home/said" || fail "where it is wrong: $(cat "$home/said")"
gp document load "$station" rules "$home/endless.json" 2>"$home/said" && fail "rules without an end were taken"
gp document load "$station" rule "$home/own.json" 2>"$home/said" && fail "an unknown kind was taken"
same "documents of its own" "$(gp document list "$station" --json | jq '[.rows[] | select(.origin == "station")] | length')" 0

# Tried first: a dry run with the candidate, against nothing taken and then against what went by the old ones.
gp route "$station" --dry-run --rules "$home/own.json" --json --as Sun 2>/dev/null >"$home/dry.json"
same "the candidate's agency" "$(jq -r '.rows[-1].agency' "$home/dry.json")" township
gp route "$station" --rules "$home/own.json" --as Sun 2>"$home/said" && fail "rules were taken by routing"
gp route "$station" --as Sun >/dev/null 2>&1
gp route "$station" --dry-run --all --rules "$home/own.json" --json --as Sun 2>"$home/said" >"$home/dry.json"
grep -q "^1 cases would go to another agency" "$home/said" || fail "what would differ: $(cat "$home/said")"
jq -e '.rows[-1] | .differs and .routed_by == "everything_else"' "$home/dry.json" >/dev/null || fail "$(cat "$home/dry.json")"
gp route "$station" --dry-run --all --as Sun 2>"$home/said" >/dev/null
grep -q "another agency" "$home/said" && fail "the rules in force differ from themselves"

# Taken, in force, kept, withdrawn.
gp document load "$station" rules "$home/own.json" --dry-run --quiet
same "after a dry run" "$(sql "$station" "SELECT count(*) AS n FROM document")" 0
gp document load "$station" rules "$home/own.json" --quiet
gp case open "$station" --kind billboard --place 121.08,32.07 --as Wang >/dev/null
gp route "$station" --as Sun --json 2>/dev/null | jq -e '.rows[-1].agency == "township"' >/dev/null || fail "the own rules are not in force"
gp document load "$station" rules "$home/own.json" 2>"$home/said"
grep -q "in force already, as version 1" "$home/said" || fail "the same again: $(cat "$home/said")"
gp document show "$station" rules | cmp - "$home/own.json" || fail "what is shown is not what was loaded"
gp document list "$station" rules | grep -q "^rules/district/1 .*station's.*administrator" || fail "the list: $(gp document list "$station" rules)"
gp document withdraw "$station" rules --quiet
gp document show "$station" rules | cmp - "$home/rules.json" || fail "the program's own do not count again"
gp document show "$station" rules --version 1 | cmp - "$home/own.json" || fail "the version is gone"
same "versions" "$(gp document history "$station" rules --json | jq -c '[.rows[].origin]')" '["station","withdrawn"]'
same "audit" "$(gp audit list "$station" --thing document --json | jq -c '[.rows[].verb]')" '["load","withdraw"]'
gp document load "$station" rules "$home/own.json" --as Sun 2>"$home/said" && fail "a coordinator laid down rules"

# A register of its own is a file.
cat >"$home/layer.json" <<'LAYER'
{"key": "dog_park", "title_zh": "犬类公园", "title_en": "dog parks", "table": "asset", "geometry": "point", "accuracy_m": 5,
 "properties": [{"name": "name", "title_zh": "名称", "title_en": "name", "type": "text", "column": "name"}]}
LAYER
printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Rex"},"geometry":{"type":"Point","coordinates":[121.07,32.07]}}]}' >"$home/parks.geojson"
gp load "$station" dog_park "$home/parks.geojson" 2>"$home/said" && fail "an unknown layer was loaded"
gp document load "$station" layers "$home/layer.json" --quiet
gp load "$station" dog_park "$home/parks.geojson" --quiet
same "parks" "$(sql "$station" "SELECT count(*) AS n FROM map_dog_park WHERE name = 'Rex'")" 1
gp document withdraw "$station" layers dog_park 2>"$home/said" && fail "a layer in use was withdrawn"
gp verify "$station" --quiet || fail "the station does not verify"
echo "document: holds"
