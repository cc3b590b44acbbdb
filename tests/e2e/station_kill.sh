#!/bin/bash
# station_kill.sh - killed at any moment, with a full disk, beside another writer, or with a byte flipped, a station keeps what it
# acknowledged and shows nothing half done. GRIDPATROL_KILLS: rounds (default 40).
set -u
: "${GRIDPATROL:?the program}"
rounds=${GRIDPATROL_KILLS:-40}
home=$(mktemp -d /tmp/gridpatrol-kill-XXXXXX)
full=
trap '[ -z "$full" ] || umount "$full" 2>/dev/null; rm -rf "$home"' EXIT
export LC_ALL=C
cd "$home" || exit 1
fail() { echo "FAILED: $*"; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1: $2, expected $3"; }
sql() { ogrinfo -q -dialect SQLite -sql "$2" "$1/gridpatrol.sqlite" | sed -n 's/^ *n ([^)]*) = //p'; }
begin() { "$GRIDPATROL" init "$1" --district 320612 --name Tongzhou --crs EPSG:4549 --quiet; }

# --- What is loaded ---------------------------------------------------------------------------------------------------------

points() { # points FILE COUNT PREFIX
  awk -v n="$2" -v p="$3" 'BEGIN { srand(1); print "{\"type\":\"FeatureCollection\",\"features\":["
    for (i = 0; i < n; i++) printf "%s{\"type\":\"Feature\",\"properties\":{\"id\":\"%s%d\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.6f,%.6f]}}\n", (i ? "," : ""), p, i, 121 + rand() * 0.01, 32 + rand() * 0.01
    print "]}" }' >"$1"
}
boxes() { # boxes FILE ACROSS STEP SIDE CODE...: squares in rows; the code is CODE and three digits
  awk -v n="$2" -v step="$3" -v side="$4" -v code="$5" 'BEGIN { print "{\"type\":\"FeatureCollection\",\"features\":["
    for (i = 0; i < n * n; i++) { x = 121 + i % n * step; y = 32 + int(i / n) * step
      printf "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"%s%03d\",\"name\":\"n%d\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f]]]}}\n",
        (i ? "," : ""), code, i + 1, i, x, y, x + side, y, x + side, y + side, x, y + side, x, y }
    print "]}" }' >"$1"
}
points points.geojson 4000 a
boxes areas.geojson 3 0.0033 0.0033 320612001
boxes houses.geojson 50 0.0002 0.00012 h
boxes houses2.geojson 49 0.0002 0.00013 h
printf 'code,name\n320612001,street\n' >streets.csv
begin plain || fail "no station"
"$GRIDPATROL" load plain area streets.csv --source a --quiet && "$GRIDPATROL" load plain area areas.geojson --source a --quiet || fail "no areas"
"$GRIDPATROL" survey add plain houses.geojson --name first --date 2025-01-01 --quiet >/dev/null || fail "no survey"

# --- Killed ------------------------------------------------------------------------------------------------------------------

# deed N: the command of this round; what was acknowledged before it began is in $before.
deed() {
  case $1 in
  0) exec "$GRIDPATROL" init new --district 320612 --name T --crs EPSG:4549 --quiet ;;
  1 | 4) exec "$GRIDPATROL" load st collection_point points.geojson --id-field id --source "r$2" --quiet ;;
  2) exec "$GRIDPATROL" cells make st --all --quiet ;;
  3) exec "$GRIDPATROL" survey add st houses3.geojson --name "s$2" --date 2026-01-01 --quiet ;;
  5) exec "$GRIDPATROL" backup st saved --quiet ;;
  6) exec "$GRIDPATROL" compare st first third --quiet ;;
  7) exec "$GRIDPATROL" route st --as Sun --quiet ;;
  8) exec "$GRIDPATROL" restore kept back --quiet ;;
  esac
}
facts() { # facts [STATION]: what a reader can see of it, each of it whole or not there
  sql "${1:-st}" "SELECT (SELECT count(*) FROM asset) || ' ' || (SELECT count(*) FROM cell) || ' ' || (SELECT count(*) FROM survey) || ' ' || (SELECT count(*) FROM change) || ' ' || (SELECT count(*) FROM case_file) AS n"
}
whole() { # whole ROUND KIND STATUS BEFORE: nothing half done, nothing acknowledged lost
  local now assets cells surveys changes cases assets0 cells0 surveys0 changes0 cases0
  now=$(facts)
  read -r assets cells surveys changes cases <<<"$now"
  read -r assets0 cells0 surveys0 changes0 cases0 <<<"$4"
  [ $((assets % 4000)) = 0 ] || fail "round $1: $assets rows, loads are of 4000"
  [ $((cells % made)) = 0 ] || fail "round $1: $cells cells, the grid is of $made"
  [ "$cases" = 0 ] || [ "$cases" = "$opened" ] || fail "round $1: $cases cases, routing opens $opened"
  [ "$assets" -ge "$assets0" ] && [ "$cells" -ge "$cells0" ] && [ "$surveys" -ge "$surveys0" ] && [ "$changes" -ge "$changes0" ] && [ "$cases" -ge "$cases0" ] || fail "round $1: was $4, is $now"
  if [ "$3" = 0 ]; then
    case $2 in
    1 | 4) [ "$assets" -eq $((assets0 + 4000)) ] || fail "round $1: an acknowledged load is lost" ;;
    2) [ "$cells" -eq $((cells0 + made)) ] || fail "round $1: an acknowledged grid is lost" ;;
    3) [ "$surveys" -eq $((surveys0 + 1)) ] || fail "round $1: an acknowledged survey is lost" ;;
    7) [ "$cases" = "$opened" ] || fail "round $1: acknowledged cases are lost" ;;
    8) [ -e back ] || fail "round $1: an acknowledged station is lost" ;;
    esac
  fi
}

cp -r plain st
"$GRIDPATROL" cells make st --all --quiet || fail "no cells"
made=$(sql st "SELECT count(*) AS n FROM cell")
"$GRIDPATROL" survey add st houses2.geojson --name second --date 2026-01-01 --quiet >/dev/null || fail "no second survey"
"$GRIDPATROL" agency add st --quiet && "$GRIDPATROL" actor add st Sun --role coordinator >/dev/null && "$GRIDPATROL" actor add st Fang --role analyst >/dev/null || fail "no people"
"$GRIDPATROL" compare st first second --quiet >/dev/null || fail "no comparison"
for change in $(seq 1 20); do
  "$GRIDPATROL" review st "$change" confirm --as Fang --quiet >said 2>&1 || fail "no decision: $(cat said)"
done
sed 's/"n0"/"third"/' houses2.geojson >houses3.geojson
"$GRIDPATROL" survey add st houses3.geojson --name third --date 2026-02-01 --quiet >/dev/null || fail "no third survey"
cp -r st model
"$GRIDPATROL" backup model kept --quiet || fail "no backup"
cp -r model routed && "$GRIDPATROL" route routed --as Sun --quiet >said 2>&1 || fail "no routing: $(cat said)"
opened=$(sql routed "SELECT count(*) AS n FROM case_file")
[ "$opened" -ge 10 ] || fail "routing opens $opened cases"
killed=0
RANDOM=20261122
for ((round = 0; round < rounds; round++)); do
  kind=$((round % 9))
  [ $((round % 18)) != 0 ] && [ $kind != 7 ] || { rm -rf st && cp -r model st; }
  rm -rf new saved back                                     # drafts of the killed stay: the next ones remove them
  sed "s/\"n0\"/\"n$round\"/" houses2.geojson >houses3.geojson # another original each time
  before=$(facts)
  deed $kind $round >/dev/null 2>&1 &
  pid=$!
  sleep "0.$(printf %03d $((5 + RANDOM % (kind == 0 || kind == 5 || kind == 8 ? 120 : 260))))"
  kill -9 $pid 2>/dev/null
  wait $pid 2>/dev/null
  status=$?
  [ $status = 137 ] && killed=$((killed + 1))
  if [ $kind = 0 ] && [ -e new ]; then
    "$GRIDPATROL" verify new --quiet >faults || fail "round $round: half a station: $(head -3 faults)"
  fi
  if [ $kind = 5 ] && [ -e saved ]; then
    "$GRIDPATROL" restore saved again --quiet && "$GRIDPATROL" verify again --quiet >faults || fail "round $round: half a backup: $(head -3 faults)"
    rm -rf again
  fi
  if [ $kind = 8 ] && [ -e back ]; then
    "$GRIDPATROL" verify back --quiet >faults || fail "round $round: half a restored station: $(head -3 faults)"
  fi
  "$GRIDPATROL" verify st --quiet >faults || fail "round $round (deed $kind, status $status): $(head -3 faults)"
  whole $round $kind $status "$before"
done
[ "$killed" -ge $((rounds / 4)) ] || fail "only $killed of $rounds were killed while at work"
"$GRIDPATROL" load st collection_point points.geojson --id-field id --source last --quiet || fail "nothing can be loaded any more"
"$GRIDPATROL" cells make st --all --quiet || fail "no grid can be made any more"
"$GRIDPATROL" verify st --quiet || fail "the station does not verify at the end"
rm -rf saved && "$GRIDPATROL" backup st saved --quiet || fail "no backup can be made any more"
left=$(find . -name '*.draft-*')
[ -z "$left" ] || fail "the killed left: $left"

# --- Two writers at once -------------------------------------------------------------------------------------------------------

rm -rf st && cp -r plain st
for i in 1 2 3; do
  "$GRIDPATROL" load st collection_point points.geojson --id-field id --source "w$i" --quiet &
done
for job in $(jobs -p); do wait "$job" || fail "one of three writers was refused"; done
same "rows of three writers" "$(sql st "SELECT count(*) AS n FROM asset")" 12000
"$GRIDPATROL" verify st --quiet || fail "three writers: the station does not verify"

# --- A flipped byte --------------------------------------------------------------------------------------------------------------

flip() { # flip FILE OFFSET
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
  chmod u+w "$1"
  printf "$(printf '\\%03o' $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
expect_fault() { # expect_fault WORDS: verify names it
  "$GRIDPATROL" verify st --quiet >faults 2>&1 && fail "nothing was found; expected: $1"
  grep -q "$1" faults || fail "what was said: $(head -3 faults); expected: $1"
}
rm -rf st && cp -r plain st
blob=$(find st/blobs -type f | sort | head -1)
flip "$blob" 100
expect_fault "${blob#st/}"
rm -rf st && cp -r plain st
row=$(grep -abo 'load.\?layer\|loadareaa' st/gridpatrol.sqlite | head -1 | cut -d: -f1) # a row of audit as it lies in the file
[ -n "$row" ] || fail "no audit row was found in the file"
flip st/gridpatrol.sqlite $((row + 1))
expect_fault "audit row"
rm -rf st && cp -r plain st
pages=$(($(stat -c %s st/gridpatrol.sqlite) / 8192))
found=0
for ((i = 1; i <= 6; i++)); do                  # the head of a page in the middle: structure
  rm -rf st && cp -r plain st
  flip st/gridpatrol.sqlite $((pages * i / 7 * 8192))
  "$GRIDPATROL" verify st --quiet >faults 2>&1 || found=$((found + 1))
done
[ $found -ge 5 ] || fail "of 6 damaged pages only $found were found" # a page may be free: nothing is lost with it

# A letter inside a row: the structure is whole, and the record is named. What words are found by (FTS5) has some of them too.
told() { # told WORD RECORD
  local at named=
  for at in $(grep -abo "$1" st/gridpatrol.sqlite | cut -d: -f1); do
    flip st/gridpatrol.sqlite $((at + 3))
    "$GRIDPATROL" verify st --quiet >faults 2>&1
    grep -q "^$2" faults && named=yes
    flip st/gridpatrol.sqlite $((at + 3))
  done
  [ -n "$named" ] || fail "$1: $2 was not named"
  "$GRIDPATROL" verify st --quiet || fail "$1: all is as it was, and yet the station does not verify"
}
rm -rf st && cp -r plain st
echo '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"7","name":"zugzwang kiosk"},"geometry":{"type":"Point","coordinates":[121.005,32.005]}}]}' >kiosk.geojson
"$GRIDPATROL" load st collection_point kiosk.geojson --id-field id --quiet || fail "no kiosk"
"$GRIDPATROL" actor add st Wang --role inspector --quiet && "$GRIDPATROL" actor add st quokka --role checker --quiet || fail "nobody there"
"$GRIDPATROL" finding add st --place 121.005,32.005 --text "a syzygy of sheds" --as Wang >/dev/null || fail "no finding"
"$GRIDPATROL" case open st --kind illegal_building --place 121.005,32.005 --party "Mr Nonpareil" --as Wang >/dev/null || fail "no case"
told zugzwang "collection_point 7 of collection_point"
told quokka "person quojka"
told syzygy "finding 320612-SB-"
told Nonpareil "case 320612-WJ-"

# --- A full disk -------------------------------------------------------------------------------------------------------------------

# cramped NAME COMMAND...: with ever more room on the disk, from none to plenty: it is done or refused with a clear word, never half.
cramped() {
  local name=$1 room refused=0 is_done= before; shift
  for room in 0 64 512 2048; do
    before=$(facts small/st)
    dd if=/dev/zero of=small/filler bs=4k status=none 2>/dev/null
    truncate -s -${room}k small/filler
    if "$@" >/dev/null 2>said; then
      is_done=yes
      break
    fi
    rm -f small/filler
    refused=$((refused + 1))
    grep -qi "disk is full\|No space left" said || fail "$name, $room KB left: a full disk was not named: $(cat said)"
    same "$name, $room KB left: what is there" "$(facts small/st)" "$before"
    [ -z "$(find small -name '*.draft-*')" ] || fail "$name: left on a full disk: $(find small -name '*.draft-*')"
  done
  [ $refused -gt 0 ] || fail "$name: went onto a full disk"
  rm -f small/filler
  [ -n "$is_done" ] || "$@" >/dev/null 2>said || fail "$name: fails with room enough ($(df --output=avail small | tail -1) KB): $(cat said)"
  "$GRIDPATROL" verify small/st --quiet >faults || fail "$name: $(head -3 faults)"
}
points many.geojson 40000 b
sed 's/"n0"/"fourth"/' houses2.geojson >houses4.geojson
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=160m tmpfs small 2>/dev/null; then
  full=$home/small
  cp -r model small/st || fail "the small disk is too small"
  cramped load "$GRIDPATROL" load small/st collection_point many.geojson --id-field id --source full --quiet
  cramped survey "$GRIDPATROL" survey add small/st houses4.geojson --name fourth --date 2026-03-01 --quiet
  cramped compare "$GRIDPATROL" compare small/st first third --quiet
  cramped route "$GRIDPATROL" route small/st --as Sun --quiet
  cramped cells "$GRIDPATROL" cells make small/st --all --quiet
  cramped backup "$GRIDPATROL" backup small/st small/saved --quiet
  umount small && full=
else
  echo "the full disk is left out: a small one cannot be mounted here"
fi
echo "station_kill: holds ($killed of $rounds killed while at work)"
