#!/bin/bash
# case.sh - a matter on the command line: reported, verified, opened, routed, dispatched, handled, checked, closed; the queue, the
# report and the audit along the way.
set -euo pipefail
. "$(dirname "$0")/station.bash"
station=$home/tongzhou
refused() { # RULE WORDS...
  local rule=$1; shift
  gp "$@" >"$home/said" 2>&1 && fail "let through: $*"
  grep -q "rule $rule:" "$home/said" || fail "$*: $(cat "$home/said"); expected rule $rule"
}
staffed "$station" <<'PEOPLE'
Wang inspector
Zhao checker
Sun coordinator
Li officer urban_management
Chen chief
Ji discipline discipline
Gui officer natural_resources
PEOPLE
gp agency list "$station" | grep -q "^discipline .*secret" || fail "the agencies of the rules are not there"
printf '{"year":2026,"days":[{"name":"x","date":"2026-10-01","isOffDay":true}]}' >"$home/2026.json"
gp calendar load "$station" "$home/2026.json" 2>"$home/said"
grep -q "^1 notices loaded" "$home/said" || fail "$(cat "$home/said")"

printf 'near' >"$home/near.jpg"; printf 'after' >"$home/after.jpg"
finding=$(gp finding add "$station" "$home/near.jpg" --place 121.07,32.07 --scheme gbt30428.2-2013 --code 0101 --text "a shed" --as Wang --at 2026-03-03T08:30)
refused not-own-request finding move "$station" "$finding" confirm --as Wang --at 2026-03-03T08:40
gp finding move "$station" "$finding" confirm --as Zhao --at 2026-03-03T08:40 >"$home/said"
gp finding move "$station" "$finding" open_case --as Zhao --at 2026-03-03T08:45 >"$home/said"
case=$(tail -1 "$home/said")
[ "$case" = 320612-WJ-2026-00001 ] || fail "the case is $case"

gp case open "$station" --kind shed --place 121.07,32.07 --as Wang 2>"$home/said" && fail "a case of no kind"
grep -q "there are: illegal_building, billboard" "$home/said" || fail "the kinds are not named: $(cat "$home/said")"
gp case correct "$station" "$case" --party Xu --area 120 --facts '{"party_is_official":true}' --as Zhao --at 2026-03-03T08:46 >"$home/said"
gp route "$station" --dry-run --as Sun >"$home/dry" 2>/dev/null
grep -q "official_involved.*party_is_official = TRUE" "$home/dry" || fail "dry run: $(cat "$home/dry")"
[ "$(gp lead list "$station" --as Chen | wc -l)" = 0 ] || fail "a dry run drafted a lead"
gp route "$station" --as Sun --at 2026-03-03T08:50 >"$home/said" 2>&1 && fail "a secret lead without a compartment"
grep -q "gridpatrol compartment make" "$home/said" || fail "what to do about it: $(cat "$home/said")"
gp compartment make "$station" discipline --new-key "$home/stolen.key" 2>"$home/said" && fail "the administrator made himself a key"
[ ! -e "$home/stolen.key" ] || fail "and has it"
gp compartment make "$station" discipline --new-key "$home/ji.key" --as Ji --quiet
gp route "$station" --as Sun --at 2026-03-03T08:50 >"$home/said" 2>/dev/null
cut -d' ' -f1-7 "$home/dry" >"$home/a"; cut -d' ' -f1-7 "$home/said" >"$home/b"
diff "$home/a" "$home/b" || fail "the dry run told something else"
gp route "$station" --as Sun --at 2026-03-03T08:51 2>"$home/said"
grep -q " 0 cases opened, 0 routed, 0 leads drafted" "$home/said" || fail "routed twice: $(cat "$home/said")"
gp lead list "$station" --as Chen --key "$home/ji.key" | grep -q "XS-discipline-" || fail "no lead to the discipline inspection"
for who in Chen Ji Zhao administrator; do
  [ "$(gp lead list "$station" --as $who | grep -c discipline)" = 0 ] || fail "$who sees the secret lead without the key"
done
secret=$(gp lead list "$station" --agency discipline --as Ji --key "$home/ji.key" --json | jq -r '.rows[0].number')
gp lead move "$station" "$secret" approve --as Chen >"$home/said" 2>&1 && fail "moved without the key"
printf 'tip' >"$home/tip.txt"
gp case paper "$station" "$case" --kind other --number T-1 --date 2026-03-03 --file "$home/tip.txt" --as Zhao >/dev/null
gp lead move "$station" "$secret" approve --as Chen --key "$home/ji.key" --at 2026-03-03T08:55 >"$home/said" || fail "$(cat "$home/said")"
gp case show "$station" "$case" --as Chen --key "$home/ji.key" | jq -e '[.leads[].secrecy] | index("secret") != null' >/dev/null || fail "the case does not name it with the key"
gp case show "$station" "$case" --as Chen | jq -e '[.leads[].secrecy] | index("secret") == null' >/dev/null || fail "the case names it without the key"
gp compartment verify "$station" --key "$home/ji.key" --as Ji 2>"$home/said" || fail "the compartment: $(cat "$home/said")"
grep -q "^1 secret leads opened" "$home/said" || fail "the compartment: $(cat "$home/said")"
strings -n 6 "$station/gridpatrol.sqlite"* >"$home/strings"
grep -q "$secret" "$home/strings" && fail "the file tells its number"

# Who sees what: nobody learns from a list, a page, a move or a sentence that something is there.
gone() { # gone AS WORDS...: answered as if it were not there
  local who=$1 status=0; shift
  gp "$@" --as "$who" >"$home/said" 2>&1 || status=$?
  [ $status = 3 ] || fail "$who, $*: exit $status, $(cat "$home/said")"
  ! grep -q "rule " "$home/said" || fail "$who, $*: $(cat "$home/said")"
}
for who in administrator Zhao Li Wang; do
  for key in "" "--key $home/ji.key"; do          # the key alone opens no eyes: it must be somebody who may know
    # shellcheck disable=SC2086
    gone "$who" lead show "$station" "$secret" $key
    # shellcheck disable=SC2086
    gone "$who" lead move "$station" "$secret" approve $key
  done
done
for what in "case list" "lead list" "finding list" changes report queue; do
  words="$what $station"
  [ "$what" != queue ] || words="$words urban_management"
  [ "$what" != changes ] || words="$words --comparison all"
  # shellcheck disable=SC2086
  gone administrator $words
  grep -q "for the role administrator" "$home/said" || fail "$what: $(cat "$home/said")"
done
gone administrator case show "$station" "$case"
gone administrator case photo "$station" "$case" --file "$home/near.jpg"
gone administrator case move "$station" "$case" submit
gone Gui case show "$station" "$case"
gone Gui lead draft "$station" "$case" --agency discipline
gone Gui case move "$station" "$case" merge --master "$case"
[ "$(gp case list "$station" --as Gui | wc -l)" = 0 ] || fail "an officer of another agency sees the case"
gp case show "$station" "$case" --as Zhao | jq -e '.party == "Xu" and ([.leads[].secrecy] | index("secret")) == null' >/dev/null || fail "the case for a checker"
gp audit list "$station" >"$home/said"
grep -q " case \| finding \| lead " "$home/said" && fail "the administrator reads of records in the audit"
gone Zhao audit list "$station"

move() { gp case move "$station" "$case" "$@" >"$home/said"; }
move submit --as Zhao --at 2026-03-03T09:00
move register --as Zhao --at 2026-03-03T09:10
move dispatch --as Sun --at 2026-03-03T09:20
grep -q "2026-03-18 09:20" "$home/said" || fail "the deadline: $(cat "$home/said")"
gp queue "$station" urban_management --as Sun --at 2026-03-20 | grep -q "$case.*overdue" || fail "the queue does not say overdue"
move accept --as Li --at 2026-03-03T10:00
refused extension-amount case move "$station" "$case" extension.request --amount 16 --note rain --as Li --at 2026-03-04
move extension.request --amount 2 --note rain --as Li --at 2026-03-04
move feedback --note done --result demolished_self --as Li --at 2026-03-10T10:00
move check --as Zhao --at 2026-03-10T11:00
refused after-photo case move "$station" "$case" pass --as Wang --at 2026-03-10T12:00
gp case photo "$station" "$case" --file "$home/after.jpg" --part after --place 121.0701,32.0701 --as Wang --at 2026-03-10T12:00 >/dev/null
move pass --as Wang --at 2026-03-10T12:10
refused area-measured case move "$station" "$case" close --as Zhao --at 2026-03-10T15:00
move close --area 125 --as Zhao --at 2026-03-10T15:00
gp case show "$station" "$case" --as Sun | jq -e '.state == "closed" and .measured_area_m2 == 125 and (.steps | length) >= 10 and .building_result == "demolished_self"' >/dev/null ||
  fail "the case: $(gp case show "$station" "$case" --as Sun)"
gp report "$station" --from 2026-01-01 --to 2027-01-01 --json --as Sun |
  jq -e 'map(select(.indicator == "handled_in_time")) | .[0].numerator == 1 and .[0].denominator == 1' >/dev/null || fail "the report: $(gp report "$station" --from 2026-01-01 --to 2027-01-01 --as Sun)"
gp report "$station" --from 2026-01-01 --to 2026-07-01 --by month --as Sun >"$home/said"
grep -q "^2026-03 .*on-time handling rate .*1 / 1" "$home/said" || fail "no figures by month: $(cat "$home/said")"
gp audit verify "$station" 2>"$home/said" || fail "the audit: $(cat "$home/said")"
gp report "$station" --from 2026-01-01 --to 2027-01-01 --lang zh --as Sun | grep -q "^按期处置率 .*1 / 1 .*按期处置数 / 应处置数" || fail "the report in Chinese"
gp audit list "$station" --thing case --lang zh --as Chen | grep -q "派遣 .*案卷 " || fail "the audit in Chinese: $(gp audit list "$station" --thing case --lang zh --as Chen | head -3)"
gp audit list "$station" --json --lang zh --as Chen | jq -e '[.rows[] | select(.verb == "dispatch" and .thing == "case")] | length == 1' >/dev/null || fail "programs get words of a language in the audit"
[ "$(gp audit list "$station" --thing case --id "$case" --as Chen | wc -l)" -ge 10 ] || fail "the audit does not tell the case"
gp verify "$station" --quiet || fail "the station does not verify"

# Past the program, with any tool that opens the file: both ways of verifying name the case.
ogrinfo -q "$station/gridpatrol.sqlite" -sql "UPDATE case_file SET party = 'nobody', area_m2 = 1 WHERE number = '$case'"
for what in "audit verify" verify; do
  gp $what "$station" --quiet >"$home/said" 2>&1 && fail "$what finds nothing"
  grep -q "^case $case (.*changed past the program" "$home/said" || fail "$what says: $(cat "$home/said")"
done
echo "case: holds"
