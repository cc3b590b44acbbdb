# station.bash - what a story of a station begins with. To be sourced: $home is gone afterwards; fail, same, sql, said.
: "${GRIDPATROL:?the program}"
fixtures=${GRIDPATROL_FIXTURES:-../shared/fixtures}
home=$(mktemp -d /tmp/gridpatrol-e2e-XXXXXX)
trap 'rm -rf "$home"' EXIT
export LC_ALL=C
fail() { echo "FAILED: $*"; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1: $2, expected $3"; }
needs() { [ -d "$fixtures/$1" ] || { echo "skipped: no fixtures at $fixtures"; exit 77; }; }
# sql STATION QUESTION: the number called n.
sql() { ogrinfo -q -dialect SQLite -sql "$2" "$1/gridpatrol.sqlite" | sed -n 's/^ *n ([^)]*) = //p'; }
