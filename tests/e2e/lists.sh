#!/bin/bash
# lists.sh - every list in pages: by --limit and --after each row comes once and in the order of the whole; as JSON for programs, with
# labels for people.
set -euo pipefail
. "$(dirname "$0")/station.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Wang inspector
Zhao checker
Sun coordinator
Li officer urban_management
Chen chief
PEOPLE
printf 'x' >"$home/near.jpg"
for i in 1 2 3 4 5; do
  day=$((i + 1))
  gp finding add "$station" "$home/near.jpg" --place 121.07,32.0$i --text "shed $i" --as Wang --at 2026-03-0${day}T08:30 >/dev/null
  case=$(gp case open "$station" --kind illegal_building --place 121.07,32.0$i --title "shed $i" --as Wang --at 2026-03-0${day}T09:00)
  gp case photo "$station" "$case" --file "$home/near.jpg" --as Wang >/dev/null
  for verb in submit:Wang register:Zhao; do gp case move "$station" "$case" ${verb%:*} --as ${verb#*:} --at 2026-03-0${day}T09:30 >/dev/null; done
  gp case move "$station" "$case" dispatch --agency urban_management --as Sun --at 2026-03-0$((7 - i))T10:00 >/dev/null
done

# pages LIST...: the whole list, and the same list in pages of two, both as JSON rows.
pages() {
  gp "$@" --json >"$home/whole.json" || fail "$*: $(cat "$home/whole.json")"
  jq -e '.next == null' "$home/whole.json" >/dev/null || fail "$*: the whole has a next page"
  local after= page
  : >"$home/rows"
  for page in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
    gp "$@" --json --limit 2 ${after:+--after "$after"} >"$home/page.json" || fail "$* --after $after"
    [ "$(jq '.rows | length' "$home/page.json")" -le 2 ] || fail "$*: more than two rows in a page"
    jq -c '.rows[]' "$home/page.json" >>"$home/rows"
    after=$(jq -r '.next // empty' "$home/page.json")
    [ -n "$after" ] || break
  done
  jq -c '.rows[]' "$home/whole.json" >"$home/all"
  diff "$home/all" "$home/rows" >"$home/differ" || fail "$*: pages are not the whole: $(head -3 "$home/differ")"
  [ "$(wc -l <"$home/all")" -ge "$least" ] || fail "$*: $(wc -l <"$home/all") rows, at least $least were expected"
}
least=5
pages actor list "$station"
pages agency list "$station"
pages audit list "$station" --thing case --as Chen
pages case list "$station" --as Sun
pages finding list "$station" --as Sun
pages queue "$station" urban_management --as Sun --at 2026-03-30
pages document list "$station"
for year in 2024 2025 2026; do
  printf '{"year":%d,"days":[{"name":"x","date":"%d-10-01","isOffDay":true}]}' $year $year >"$home/$year.json"
  gp calendar load "$station" "$home/$year.json" --quiet
done
gp actor add "$station" Ji --role chief --agency urban_management >/dev/null
for agency in discipline urban_management natural_resources; do
  gp compartment make "$station" $agency --new-key "$home/$agency.key" --as Ji --quiet
done
least=3
pages calendar list "$station"
pages compartment list "$station"
pages route "$station" --dry-run --as Sun
gp document list "$station" --after codes/none >"$home/said" 2>&1 && fail "documents after none"
grep -q 'no "codes/none" in this list' "$home/said" || fail "why: $(cat "$home/said")"
least=0
pages lead list "$station" --as Sun
pages survey list "$station"
pages document history "$station"
pages report "$station" comparisons --as Sun

# A queue goes by deadline, not by number: the last dispatched is the last.
gp queue "$station" urban_management --as Sun --json | jq -e '[.rows[].due_at] | . == sort and length == 5' >/dev/null || fail "the queue's order"
gp queue "$station" urban_management --as Sun --json | jq -e '.rows[0].number | endswith("00005")' >/dev/null || fail "the queue does not begin with the most urgent"
gp queue "$station" urban_management --as Sun --after nothing >"$home/said" 2>&1 && fail "a page after nothing"
grep -q 'no "nothing" in this list' "$home/said" || fail "why: $(cat "$home/said")"
gp case list "$station" --as Sun --state opne >"$home/said" 2>&1 && fail "a state that is none was taken"
grep -q "there are: reported" "$home/said" || fail "the states are not named: $(cat "$home/said")"

# For people: labels in their language, keys for programs only.
gp queue "$station" urban_management --as Sun --lang zh --at 2026-04-30 | head -1 >"$home/said"
grep -q "超期.*已派遣.*城市管理局" "$home/said" || fail "the queue in Chinese: $(cat "$home/said")"
grep -qE "dispatched|urban_management" "$home/said" && fail "keys instead of labels: $(cat "$home/said")"
gp case list "$station" --as Sun --lang zh | head -1 | grep -q "已派遣" || fail "the cases in Chinese: $(gp case list "$station" --as Sun --lang zh | head -1)"
gp actor list "$station" --lang zh | grep "^Wang" | grep -qv inspector || fail "roles are not told in Chinese"
gp queue "$station" urban_management --as Sun --json --lang zh | jq -e '.rows[0] | .state == "dispatched" and .agency == "urban_management"' >/dev/null ||
  fail "programs get words of a language"

# Routing for good goes on where it was left by being run again.
gp route "$station" --dry-run --limit 2 --as Sun >/dev/null 2>"$home/said"
grep -q "2 cases would be routed" "$home/said" || fail "a dry run says it did something: $(cat "$home/said")"
grep -q -- "--after 320612-WJ-2026-00002" "$home/said" || fail "where the dry run goes on: $(cat "$home/said")"
gp route "$station" --limit 2 --as Sun >/dev/null 2>"$home/said"
grep -q "3 are left for the next run" "$home/said" || fail "what is left: $(cat "$home/said")"
gp route "$station" --dry-run --json --as Sun 2>/dev/null | jq -e '[.rows[].case] | unique | length == 3' >/dev/null || fail "the next run has not three cases"
echo "lists: holds"
