#!/bin/bash
# compare.sh - a real town surveyed three times, compared in a station: every house once, followed over the years; reviewed,
# repeated, interrupted.
set -euo pipefail
. "$(dirname "$0")/station.bash"
needs boulder-west

station=$home/boulder
"$GRIDPATROL" init "$station" --district 080130 --name Boulder --crs EPSG:32613 --utc-offset -7 --quiet
"$GRIDPATROL" actor add "$station" Ana --role analyst >/dev/null
"$GRIDPATROL" actor add "$station" Chen --role checker >/dev/null
for year in 1990 2000 2015; do
  "$GRIDPATROL" survey add "$station" "$fixtures/boulder-west/t_$year.gpkg" --name $year --date $year-06-01 --accuracy-m 0.5 --quiet >/dev/null
done

# The assessor's years of construction are the truth.
long=$("$GRIDPATROL" compare "$station" 1990 2015 --quiet)
same "new from 1990 to 2015" "$(sql "$station" "SELECT count(*) AS n FROM change WHERE comparison_id = '$long' AND class = 'new'")" 363
same "what a verdict says in Chinese" "$("$GRIDPATROL" review "$station" 1 confirm --as Ana --lang zh)" 属实
"$GRIDPATROL" review "$station" 2 dismiss --as Ana 2>"$home/said" && fail "dismissed without a reason"
grep -q "rule note" "$home/said" || fail "why it was refused: $(cat "$home/said")"
"$GRIDPATROL" review "$station" 2 dismiss --note "a roof over a yard" --as Ana >/dev/null

short=$("$GRIDPATROL" compare "$station" 2000 2015 --quiet)
same "new from 2000 to 2015" "$(sql "$station" "SELECT count(*) AS n FROM change WHERE comparison_id = '$short' AND class = 'new'")" 243
same "the same houses" "$(sql "$station" "SELECT count(*) AS n FROM change a JOIN change b ON b.object_id = a.object_id AND b.after_ids = a.after_ids
  WHERE a.comparison_id = '$short' AND b.comparison_id = '$long'")" 243
same "objects" "$(sql "$station" "SELECT count(DISTINCT object_id) AS n FROM change")" 363
same "decisions carried on" "$(sql "$station" "SELECT count(*) AS n FROM change b JOIN change a ON a.id = b.inherited_from WHERE b.comparison_id = '$short'
  AND a.comparison_id = '$long' AND a.state = b.state AND a.object_id = b.object_id")" \
  "$(sql "$station" "SELECT count(*) AS n FROM change a JOIN change b ON a.object_id = b.object_id WHERE a.comparison_id = '$long' AND a.number <= 2
  AND b.comparison_id = '$short'")"

# The same again adds nothing; asked for, it gives the same rows.
before=$(sql "$station" "SELECT count(*) AS n FROM change")
same "the same again" "$("$GRIDPATROL" compare "$station" 2000 2015 2>"$home/said")" "$short"
grep -q "nothing was added" "$home/said" || fail "what was said: $(cat "$home/said")"
same "rows after the same again" "$(sql "$station" "SELECT count(*) AS n FROM change")" "$before"
again=$("$GRIDPATROL" compare "$station" 2000 2015 --again --threads 1 --quiet)
same "the same rows" "$(sql "$station" "SELECT count(*) AS n FROM change a JOIN change b ON b.number = a.number AND b.object_id = a.object_id AND b.class = a.class
  AND b.after_ids = a.after_ids AND b.gained_m2 = a.gained_m2 AND b.confidence = a.confidence AND b.suspicion = a.suspicion AND b.state = a.state
  AND b.audit_slot = a.audit_slot AND b.geom = a.geom WHERE a.comparison_id = '$short' AND b.comparison_id = '$again'")" 243

# Lists and layers.
"$GRIDPATROL" changes "$station" --limit 3 --as Ana >"$home/list"
same "listed" "$(grep -c '^[0-9]*\. ' "$home/list")" 3
grep -q "no permit in force touches it" "$home/list" || fail "no reason in the list"
while read -r number id _; do
  same "the number listed is the number reviewed" "${number%.}" "$(sql "$station" "SELECT number AS n FROM change WHERE id = '$id'")"
done < <(grep '^[0-9]*\. ' "$home/list")
"$GRIDPATROL" changes "$station" --comparison "$long" -o "$home/changes.gpkg" --as Ana
same "written" "$(ogrinfo -so "$home/changes.gpkg" changes | sed -n 's/^Feature Count: //p')" 363
"$GRIDPATROL" report "$station" precision --comparison "$long" --as Ana | grep -q "^all classes.*listed 363, reviewed 2, real 1" || fail "precision is not told"

# Interrupted at any moment: nothing half-done is seen, and it can be run again.
copy=$home/copy
cp -r "$station" "$copy"
station=$copy
rows=$(sql "$station" "SELECT count(*) AS n FROM change")
for delay in 0.05 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.5; do
  "$GRIDPATROL" compare "$station" 1990 2000 --min-area 6 --quiet >/dev/null 2>&1 & pid=$!
  sleep $delay
  kill -9 $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
  done_now=$(sql "$station" "SELECT count(*) AS n FROM comparison WHERE parameters LIKE '%\"min_area_m2\": 6,%' AND state = 'done'")
  rows_now=$(sql "$station" "SELECT count(*) AS n FROM change")
  [ "$done_now" = 0 ] && same "rows of a killed run" "$rows_now" "$rows"
  same "changes of nothing that is done" "$(sql "$station" "SELECT count(*) AS n FROM change c JOIN comparison m ON m.id = c.comparison_id WHERE m.state <> 'done'")" 0
done
"$GRIDPATROL" compare "$station" 1990 2000 --min-area 7 --quiet >/dev/null 2>"$home/said" & pid=$!
sleep 0.1
kill -INT $pid 2>/dev/null || true
if ! wait $pid; then
  grep -q "cancelled" "$home/said" || fail "what was said when it was interrupted: $(cat "$home/said")"
  same "cancelled" "$(sql "$station" "SELECT count(*) AS n FROM comparison WHERE parameters LIKE '%\"min_area_m2\": 7,%' AND state = 'cancelled'")" 1
fi
"$GRIDPATROL" compare "$station" 1990 2000 --min-area 6 --quiet >/dev/null || fail "it could not be run again after it was killed"
same "left running" "$(sql "$station" "SELECT count(*) AS n FROM comparison WHERE state = 'running'")" 0
same "new from 1990 to 2000" "$(sql "$station" "SELECT count(*) AS n FROM change c JOIN comparison m ON m.id = c.comparison_id WHERE m.state = 'done'
  AND m.parameters LIKE '%\"min_area_m2\": 6,%' AND c.class = 'new'")" "$("$GRIDPATROL" diff "$fixtures/boulder-west/t_1990.gpkg" \
  "$fixtures/boulder-west/t_2000.gpkg" --metric-crs EPSG:32613 --min-area 6 --json --quiet | jq .per_class.new)"
"$GRIDPATROL" verify "$copy" --quiet || fail "the station does not verify"
"$GRIDPATROL" verify "$home/boulder" --quiet || fail "the station does not verify"
echo "compare: holds"
