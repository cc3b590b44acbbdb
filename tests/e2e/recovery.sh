#!/bin/bash
# recovery.sh - the commands of doc/recovery.md, as they stand there, on a station that was worked on: lost, brought back, proved.
set -euo pipefail
. "$(dirname "$0")/station.bash"
doc=$(dirname "$0")/../../doc/recovery.md
export STATION=$home/tongzhou CHIEF=Chen BACKUPS=$home/backups SAFE=$home/safe DAY=2026-03-02
mkdir "$BACKUPS" "$SAFE" "$home/bin"
ln -s "$(realpath "$GRIDPATROL")" "$home/bin/gridpatrol"
export PATH=$home/bin:$PATH

gridpatrol init "$STATION" --district 320612 --name 通州区 --crs EPSG:4549 --quiet
gridpatrol actor add "$STATION" Wang --role inspector >/dev/null
gridpatrol actor add "$STATION" "$CHIEF" --role chief >/dev/null
gridpatrol backup "$STATION" "$BACKUPS/2026-03-01" --quiet
cp "$BACKUPS/2026-03-01/manifest.json" "$SAFE/manifest-first.json"
CASE=$(gridpatrol case open "$STATION" --kind billboard --place 121.07,32.07 --as Wang)
export CASE
printf 'near' >"$home/near.jpg"
gridpatrol case photo "$STATION" "$CASE" --file "$home/near.jpg" --as Wang >/dev/null

# block N: the N-th block of commands of the page, and whether it must fail.
count=$(grep -c '^```sh' "$doc")
[ "$count" -ge 10 ] || fail "the page has $count blocks of commands"
block() { awk -v n="$1" '/^```sh/ { k++; on = (k == n); next } /^```/ { on = 0 } on' "$doc"; }
must_fail() { grep '^```sh' "$doc" | sed -n "$1p" | grep -q fails; }

# All in one shell, since a page is read from top to bottom.
{
  echo 'set -euo pipefail'
  for n in $(seq 1 "$count"); do
    if must_fail "$n"; then
      printf 'if (\n%s\n) >>"%s" 2>&1; then echo "block %s did not fail" >&2; exit 9; fi\n' "$(block "$n")" "$home/out" "$n"
    else
      printf '%s\n' "$(block "$n")"
    fi
  done
} >"$home/page.sh"
bash "$home/page.sh" >"$home/out" 2>"$home/said" || fail "the page does not run: $(tail -3 "$home/said") (see $(grep -n . "$home/page.sh" | wc -l) lines)"
grep -q "^row [0-9]* is the end that $SAFE/manifest-$DAY.json names" "$home/said" || fail "nothing was proved: $(cat "$home/said")"
grep -q "$CASE" "$home/out" || fail "the last case is not told: $(cat "$home/out")"
[ -d "$STATION.lost" ] || fail "nothing was lost"

# What the page promises: a chain that was rewritten is found by the kept copy, and by it alone.
gridpatrol actor add "$STATION" Zhao --role checker >/dev/null
gridpatrol audit verify "$STATION" --against "$SAFE/manifest-$DAY.json" --quiet || fail "a chain that went on is refused"
gridpatrol init "$home/forged" --district 320612 --name 通州区 --crs EPSG:4549 --quiet
for i in 1 2 3 4 5 6; do gridpatrol actor add "$home/forged" "P$i" --role inspector >/dev/null; done
gridpatrol audit verify "$home/forged" --quiet || fail "the forged chain does not even hold"
gridpatrol audit verify "$home/forged" --against "$SAFE/manifest-$DAY.json" 2>"$home/said" && fail "a chain with another past passes"
grep -q "is not the one that was kept" "$home/said" || fail "why: $(cat "$home/said")"
gridpatrol restore "$BACKUPS/2026-03-01" "$home/older" --quiet
gridpatrol audit verify "$home/older" --against "$SAFE/manifest-$DAY.json" 2>"$home/said" && fail "a chain that was cut off passes"
grep -q "rows are missing" "$home/said" || fail "why: $(cat "$home/said")"
# A damaged backup is refused, and nothing is put in place.
printf 'x' | dd of="$BACKUPS/$DAY/gridpatrol.sqlite" bs=1 seek=5000 conv=notrunc 2>/dev/null
gridpatrol restore "$BACKUPS/$DAY" "$home/bad" 2>"$home/said" && fail "a damaged backup was restored"
[ ! -e "$home/bad" ] || fail "half a station was left"
echo "recovery: holds ($count blocks of doc/recovery.md)"
