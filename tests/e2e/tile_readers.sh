#!/bin/bash
# A tile of ours as others read it: @mapbox/vector-tile (what every web map reads with), and GDAL. Installs from npm into a temporary folder;
# without node, npm or the registry it says so and only GDAL reads.
set -u
home=$(mktemp -d /tmp/gridpatrol-tile-XXXXXX)
trap 'rm -rf "$home"' EXIT
export LC_ALL=C
fail() { echo "FAILED: $*"; exit 1; }
sample=$(dirname "$GRIDPATROL")/tile_sample
[ -x "$sample" ] || { echo "skipped: no $sample"; exit 77; }
"$sample" "$home/tile.mvt" "$home/truth.json" || fail "the sample is not written"
[ -s "$home/tile.mvt" ] || fail "the tile is empty"

for layer in building road asset; do
  count=$(ogrinfo -ro -so -al "$home/tile.mvt" 2>/dev/null |
    awk -v layer="$layer" '/^Layer name:/ { name = $3 } /^Feature Count:/ && name == layer { print $3 }')
  [ "$count" = 120 ] || fail "GDAL reads $count features of $layer, 120 went in"
done

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "skipped: no node or npm; GDAL reads the tile"; exit 77
fi
(cd "$home" && echo '{"private":true,"type":"module"}' >package.json &&
  timeout 120 npm install --silent --no-audit --no-fund --ignore-scripts @mapbox/vector-tile@3 pbf@5 >npm.log 2>&1) ||
  { echo "skipped: npm has no @mapbox/vector-tile here; GDAL reads the tile"; exit 77; }
cp "$(dirname "$0")/tile_readers.mjs" "$home/read.mjs"
(cd "$home" && node read.mjs tile.mvt truth.json) || fail "@mapbox/vector-tile reads something else"
echo "tile_readers: both read what went in"
