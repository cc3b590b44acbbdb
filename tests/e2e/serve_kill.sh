#!/bin/bash
# serve_kill.sh - a service that is killed while four clients write loses nothing it has acknowledged and does nothing twice; one that is told
# to end finishes what is under way, and whatever it did was told to whoever asked for it.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
writers=4 each=1500
staffed "$station" <<'PEOPLE'
An analyst
PEOPLE
token=$(gp token add "$station" --for An --name writer 2>/dev/null)

# write_all ROUND: each writer sends its features one after the other; line n of written.ROUND.W is what became of the n-th.
write_all() {
  local w n
  writing=
  for ((w = 0; w < writers; w++)); do
    for ((n = 1; n <= each; n++)); do
      [ $n = 1 ] || echo next
      printf 'silent\noutput = "/dev/null"\nwrite-out = "%%{http_code}\\n"\nmax-time = 20\nurl = "%s/collections/billboard/items"\n' "$url"
      printf 'header = "Authorization: Bearer %s"\nheader = "Content-Type: application/geo+json"\n' "$token"
      printf 'data = "{\\"type\\":\\"Feature\\",\\"geometry\\":{\\"type\\":\\"Point\\",\\"coordinates\\":[121.0%d,32.%d]},\\"properties\\":{\\"name\\":\\"r%s-%d-%d\\"}}"\n' $w $((1000 + n)) "$1" $w $n
    done >"$home/send.$w"
    curl -K "$home/send.$w" >"$home/written.$1.$w" 2>/dev/null & writing="$writing $!"
  done
}
# acknowledged ROUND: the names of those that were answered with 201.
acknowledged() {
  local w
  for ((w = 0; w < writers; w++)); do awk -v round="$1" -v w=$w '$1 == "201" { print "r" round "-" w "-" NR }' "$home/written.$1.$w"; done | sort
}
# there ROUND: the names of those the station has, as often as it has them.
there() {
  local next="$url/collections/billboard/items?limit=5000"
  while [ -n "$next" ]; do
    curl -sS --fail "$next" >"$home/page"
    jq -r '.features[].properties.name' "$home/page"
    next=$(jq -r '.links[] | select(.rel == "next") | .href' "$home/page")
  done | grep "^r$1-" | sort
}

told=0
for round in 1 2 3; do
  serving "$station"
  write_all $round
  sleep 1.$round
  kill -9 "$served"
  wait "$served" 2>/dev/null || true
  wait $writing 2>/dev/null || true                     # what is left finds nobody there
  began=$(date +%s%N)
  serving "$station"
  curl -sS --fail -o /dev/null "$url/collections/billboard/items?limit=1"
  first_ms=$((($(date +%s%N) - began) / 1000000))
  acknowledged $round >"$home/acknowledged"
  there $round >"$home/there" || true
  told=$((told + $(wc -l <"$home/acknowledged")))
  [ -s "$home/acknowledged" ] || fail "nothing was written before it was killed: $(head -3 "$home"/written.$round.0)"
  same "acknowledged in round $round and lost" "$(comm -23 "$home/acknowledged" <(uniq "$home/there") | head -3)" ""
  same "done twice in round $round" "$(uniq -d "$home/there" | head -3)" ""
  served_ends
  gp verify "$station" >/dev/null 2>&1 || fail "round $round: the station is not what it was"
done

serving "$station"
write_all end
sleep 1
served_ends
wait $writing 2>/dev/null || true
acknowledged end >"$home/acknowledged"
serving "$station"
there end >"$home/there" || true
[ -s "$home/acknowledged" ] || fail "nothing was written before it was told to end"
same "told and done, of a service that ends" "$(comm -3 "$home/acknowledged" "$home/there" | head -3)" ""
served_ends
echo "serve_kill: fine ($told edits acknowledged before three kills, none lost; first answer ${first_ms} ms after the last start)"
