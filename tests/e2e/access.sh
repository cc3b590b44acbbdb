#!/bin/bash
# access.sh - a district manages its people on the command line: the first token, accounts, areas, tokens, passwords; what each of
# them leaves in the audit, and that no secret stays anywhere.
set -euo pipefail
. "$(dirname "$0")/station.bash"
station=$home/tongzhou
gp() { "$GRIDPATROL" "$@"; }
refused() { # STATUS WORDS COMMAND...: exit status and what is said
  local expected=$1 words=$2 status=0; shift 2
  gp "$@" >"$home/said" 2>&1 || status=$?
  same "exit of $*" $status "$expected"
  grep -q "$words" "$home/said" || fail "$*: $(cat "$home/said"); expected: $words"
}

# The first administrator, and the token that is shown once: alone on stdout.
gp init "$station" --district 320612 --name 通州区 --crs EPSG:4549 --administrator root >"$home/token" 2>"$home/said"
grep -qE '^gp_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$' "$home/token" || fail "the token: $(cat "$home/token")"
same "lines of stdout" "$(wc -l <"$home/token")" 1
grep -q "first actor is root" "$home/said" || fail "what init says: $(cat "$home/said")"
gp init "$home/other" --district 320612 --name 通州区 --crs EPSG:4549 --json --quiet >"$home/json" 2>"$home/said"
jq -e '.administrator == "administrator" and (.token | startswith("gp_")) and .district == "320612" and (.expires_at | endswith("Z"))' "$home/json" >/dev/null ||
  fail "init --json: $(cat "$home/json")"
[ ! -s "$home/said" ] || fail "a quiet init says: $(cat "$home/said")"
gp token list "$station" --json | jq -e '.rows | length == 1 and .[0].actor == "root" and .[0].name == "first" and .[0].scope == "all" and .[0].used_at == null' >/dev/null ||
  fail "the list of tokens: $(gp token list "$station" --json)"

# People.
gp agency add "$station" --quiet
printf 'code,name\n320612001,street\n320612002,street2\n' >"$home/streets.csv"
gp load "$station" area "$home/streets.csv" --source a --quiet
gp actor add "$station" 王敏 --role inspector --area 320612001,320612002 >"$home/said"
grep -q "^王敏  *inspector  *-  *320612001,320612002  " "$home/said" || fail "the new actor: $(cat "$home/said")"
gp actor add "$station" Li --role officer --agency natural_resources >/dev/null
refused 3 "begins with \"999\"" actor add "$station" Nobody --role inspector --area 999
gp actor list "$station" --json | jq -e '.rows | map(.name) == ["Li", "root", "王敏"] and .[0].agency == "natural_resources" and .[2].areas == "320612001,320612002"' >/dev/null ||
  fail "the list of actors: $(gp actor list "$station" --json)"
gp actor area "$station" 王敏 320612002 >/dev/null
gp actor area "$station" Li all >/dev/null
gp actor agency "$station" Li none >/dev/null
gp actor agency "$station" Li urban_management >/dev/null
gp actor role "$station" Li chief >/dev/null
gp actor off "$station" Li | grep -q "^Li .*(not any more)" || fail "Li is not off"
refused 1 "does not work here" case open "$station" --kind illegal_building --place 121.07,32.05 --as Li
gp actor on "$station" Li >/dev/null
refused 1 "last administrator" actor off "$station" root
refused 1 "last administrator" actor role "$station" root chief
refused 1 "accounts are kept by administrators" actor role "$station" 王敏 chief --as 王敏
refused 1 "accounts are kept by administrators" actor add "$station" x --role chief --as 王敏
refused 2 "role is missing" actor add "$station" x
refused 2 "actor list STATION" actor frobnicate "$station" x
same "changes in the audit" "$(gp audit list "$station" --thing actor | grep -c ' \(alter\|change\) ')" 9
gp actor add "$station" plain --role auditor >/dev/null
same "changes of an account that was only made" "$(gp audit list "$station" --thing actor | grep -c ' \(alter\|change\) ')" 9

# Tokens.
gp token add "$station" --for 王敏 --name map --days 30 --read-only >"$home/map" 2>"$home/said"
id=$(cut -d_ -f2 "$home/map")
grep -q "$id revokes it" "$home/said" || fail "what token add says: $(cat "$home/said")"
refused 1 "in force already" token add "$station" --for 王敏 --name map
refused 1 "accounts are kept" token add "$station" --for 王敏 --name mine --as Li
gp token add "$station" --for 王敏 --name own --as 王敏 --quiet >"$home/own"
gp token list "$station" --for 王敏 | grep -q "^$id  read  in force" || fail "the list: $(gp token list "$station")"
same "tokens that 王敏 is shown" "$(gp token list "$station" --as 王敏 | wc -l)" 2
gp token list "$station" --at 2099-01-01 | grep -q "^$id  read  expired" || fail "not expired in 2099"
gp token revoke "$station" "$id" 2>/dev/null
gp token list "$station" | grep -q "^$id  read  taken back" || fail "not revoked: $(gp token list "$station")"
refused 1 "revoked already" token revoke "$station" "$id"
refused 3 "there is no token" token revoke "$station" nothing
refused 2 "for is missing" token add "$station" --name x
same "tokens in the audit" "$(gp audit list "$station" --thing token | wc -l)" 4

# Passwords: a line of stdin, or typed without being shown; never a word of the command.
printf 'correct horse battery\n' | gp actor password "$station" 王敏 2>"$home/said"
grep -q "王敏 has a new password" "$home/said" || fail "what actor password says: $(cat "$home/said")"
printf 'own horse, own battery' | gp actor password "$station" 王敏 --as 王敏 --quiet
status=0; printf 'too short\n' | gp actor password "$station" 王敏 2>"$home/said" || status=$?
same "a short password" $status 3
grep -q "at least 15 characters, this one has 9" "$home/said" || fail "a short password: $(cat "$home/said")"
status=0; printf 'correct horse battery\n' | gp actor password "$station" Li --as 王敏 2>"$home/said" || status=$?
same "another's password" $status 1
status=0; gp actor password "$station" 王敏 </dev/null 2>"$home/said" || status=$?
grep -q "no password was typed" "$home/said" || fail "an empty password: $(cat "$home/said")"
refused 2 "actor list" actor password "$station" 王敏 "correct horse battery"
if command -v script >/dev/null; then           # a terminal: nothing of it is shown, and the second must be the same
  typed() { { sleep 1; printf '%s\n' "$1"; sleep 1; printf '%s\n' "$2"; sleep 1; } | script -qec "$GRIDPATROL actor password $station 王敏" /dev/null >"$home/said" 2>&1; }
  typed "a password at a terminal" "a password at a terminal" || fail "at a terminal: $(cat "$home/said")"
  grep -q "a password at a terminal" "$home/said" && fail "the terminal shows it"
  grep -q "Password: " "$home/said" || fail "nobody is asked: $(cat "$home/said")"
  typed "a password at a terminal" "another one, not the same" && fail "two passwords are taken for one"
  grep -q "not the same" "$home/said" || fail "two passwords: $(cat "$home/said")"
fi

# No secret is anywhere in the station, nor in what was said.
for secret in $(cut -d_ -f3 "$home/token" "$home/map" "$home/own") "horse battery" "own battery" "at a terminal"; do
  [ -n "$secret" ] || fail "no secret to look for"
  grep -rqaF "$secret" "$station" && fail "a secret is in the station"
done
gp audit verify "$station" --quiet && gp verify "$station" --quiet || fail "the station does not verify"
echo "access: holds"
