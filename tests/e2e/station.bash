# station.bash - what a story of a station begins with. To be sourced: $home is gone afterwards; fail, same, sql, gp, staffed.
: "${GRIDPATROL:?the program}"
fixtures=${GRIDPATROL_FIXTURES:-../shared/fixtures}
home=$(mktemp -d /tmp/gridpatrol-e2e-XXXXXX)
trap 'rm -rf "$home"' EXIT
export LC_ALL=C
fail() { echo "FAILED: $*"; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1: $2, expected $3"; }
needs() { [ -d "$fixtures/$1" ] || { echo "skipped: no fixtures at $fixtures"; exit 77; }; }
gp() { "$GRIDPATROL" "$@"; }
# staffed STATION, with lines "NAME ROLE [AGENCY]": a district with the usual agencies and these people.
staffed() {
  local name role agency
  gp init "$1" --district 320612 --name 通州区 --crs EPSG:4549 --quiet >/dev/null
  gp agency add "$1" --quiet
  while read -r name role agency; do gp actor add "$1" "$name" --role "$role" ${agency:+--agency "$agency"} >/dev/null; done
}
# sql STATION QUESTION: the number called n.
sql() { ogrinfo -q -dialect SQLite -sql "$2" "$1/gridpatrol.sqlite" | sed -n 's/^ *n ([^)]*) = //p'; }
