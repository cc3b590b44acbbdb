#!/bin/bash
# qgis.sh - QGIS opens a station file as it is: every registered layer with its features, its CRS and its extent.
set -euo pipefail
. "$(dirname "$0")/station.bash"
python=/usr/bin/python3
"$python" -c 'import qgis.core' 2>/dev/null || { echo "skipped: no QGIS for $python (apt-get install python3-qgis)"; exit 77; }
maker=$(dirname "$GRIDPATROL")/district
[ -x "$maker" ] || { echo "skipped: no district maker at $maker"; exit 77; }
in=$home/in station=$home/station

"$maker" make --out "$in" --buildings 1000 --seed 5 >/dev/null
gp init "$station" --district 320699 --name 江澜区 --crs EPSG:4549 --quiet >/dev/null
gp load "$station" area "$in/streets.gpkg" --source maker --quiet
gp load "$station" area "$in/communities.gpkg" --source maker --quiet
gp cells make "$station" --all --lines "$in/lines.geojson" --default --quiet
gp load "$station" zone "$in/zones.gpkg" --quiet
gp load "$station" permit "$in/permits.gpkg" --id-field 许可证号 --quiet
gp load "$station" building "$in/before.gpkg" --id-field id --quiet
gp load "$station" collection_point "$in/collection_points_gcj02.geojson" --crs GCJ-02 --id-field id --quiet
for year in 2025 2026; do
  [ $year = 2025 ] && file=before || file=after
  gp survey add "$station" "$in/$file.gpkg" --name $year --date $year-06-01 --id-field id --quiet >/dev/null
done
gp compare "$station" 2025 2026 --quiet >/dev/null
"$python" "$(dirname "$0")/qgis_layers.py" "$station/gridpatrol.sqlite" >"$home/seen" 2>"$home/said" ||
  fail "QGIS sees something else: $(grep -v 'fine$' "$home/seen" || tail -3 "$home/said")"
for layer in map_cell map_building map_collection_point change permit; do
  grep -q "^$layer ogr [1-9][0-9]* fine$" "$home/seen" || fail "$layer: $(grep "^$layer " "$home/seen")"
done
echo "QGIS read $(grep -c . "$home/seen") layers to their last feature"
