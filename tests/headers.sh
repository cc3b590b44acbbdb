#!/bin/sh
# headers.sh [CC] - every header compiles alone: who includes it needs to know nothing else first.
cd "$(dirname "$0")/.." || exit 1
cc=${1:-cc} bad=0 count=0
for h in core/*.h core/*/*.h gis/*.h api/*.h; do
  [ -e "$h" ] || continue
  count=$((count + 1))
  printf '#include "%s"\n' "$h" |
    "$cc" -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-psabi -I. -fsyntax-only -x c - || { echo "$h does not stand alone"; bad=1; }
done
echo "headers: $count compiled"
[ "$count" -gt 0 ] && exit $bad
exit 1
