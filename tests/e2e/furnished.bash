# furnished.bash - a district with something in every layer, for stories about clients. To be sourced after station.bash.
# squares W S NX NY PROPERTIES: square things on a raster, with properties as jq makes them of the number n.
squares() {
  jq -n --argjson w $1 --argjson s $2 --argjson nx $3 --argjson ny $4 "{type: \"FeatureCollection\", features: [range(\$nx * \$ny) as \$n | (\$w + (\$n % \$nx) / 1000) as \$x |
    (\$s + (\$n / \$nx | floor) / 1000) as \$y | {type: \"Feature\", properties: ({id: \"n\(\$n)\"} + $5), geometry: {type: \"Polygon\",
    coordinates: [[[\$x, \$y], [\$x + 0.0002, \$y], [\$x + 0.0002, \$y + 0.0002], [\$x, \$y + 0.0002], [\$x, \$y]]]}}]}"
}
# furnished STATION: as of staffed, with Wang (inspector), Zhao (checker), Sun (coordinator), An (analyst), Chen (chief).
furnished() {
  local layer finding
  staffed "$1" >/dev/null <<'PEOPLE'
Wang inspector
Zhao checker
Sun coordinator
An analyst
Chen chief
PEOPLE
  printf '{"year":2026,"days":[{"name":"x","date":"2026-10-01","isOffDay":true}]}' >"$home/2026.json"
  gp calendar load "$1" "$home/2026.json" --quiet
  printf 'code,name\n320612001,街道\n' >"$home/streets.csv"
  jq -n '{type: "FeatureCollection", features: [range(4) as $n | (121 + $n * 0.005) as $x | {type: "Feature", properties: {code: "32061200100\($n + 1)", name: "社区 \($n)"},
    geometry: {type: "Polygon", coordinates: [[[$x, 32], [$x + 0.005, 32], [$x + 0.005, 32.02], [$x, 32.02], [$x, 32]]]}}]}' >"$home/areas.geojson"
  gp load "$1" area "$home/streets.csv" --source a --quiet
  gp load "$1" area "$home/areas.geojson" --source a --quiet
  gp cells make "$1" --all --default --quiet
  squares 121 32 20 15 '{name: "楼 \($n)", height_m: ($n % 30 + 3), owner: "某某 \($n)"}' >"$home/building.geojson"
  squares 121.0005 32.0005 6 5 '{number: "XK-\($n)", holder: "某某", permit_from: "2025-01-01", permit_until: "2027-01-01"}' >"$home/permit.geojson"
  squares 121.0003 32.0003 4 4 '{kind: "farmland", weight: 0.5, name: "区 \($n)"}' >"$home/zone.geojson"
  squares 121.0004 32.0004 5 5 '{name: "地 \($n)"}' >"$home/construction_site.geojson"
  for layer in billboard collection_point public_toilet recycling_point shop_sign transfer_station waste_dump; do
    jq -n '{type: "FeatureCollection", features: [range(40) as $n | {type: "Feature", properties: {id: "n\($n)", name: "件 \($n)", checked_at: "2026-01-0\($n % 9 + 1)"},
      geometry: {type: "Point", coordinates: [121.0001 + ($n % 8) / 1000, 32.0001 + ($n / 8 | floor) / 1000]}}]}' >"$home/$layer.geojson"
  done
  squares 121.0006 32.0006 5 4 '{name: "堆 \($n)"}' >"$home/waste_dump.geojson"
  for layer in building permit zone construction_site billboard collection_point public_toilet recycling_point shop_sign transfer_station waste_dump; do
    gp load "$1" $layer "$home/$layer.geojson" --id-field id --quiet
  done
  squares 121.01 32.01 9 9 '{}' >"$home/later.geojson"
  jq '.features |= [to_entries[] | select(.key % 4 > 0).value]' "$home/later.geojson" >"$home/earlier.geojson"
  gp survey add "$1" "$home/earlier.geojson" --name 2024 --date 2024-06-01 --accuracy-m 0.3 --quiet >/dev/null
  gp survey add "$1" "$home/later.geojson" --name 2025 --date 2025-06-01 --accuracy-m 0.3 --quiet >/dev/null
  gp compare "$1" 2024 2025 --quiet >/dev/null
  printf 'near' >"$home/near.jpg"
  for finding in 1 2 3; do
    finding=$(gp finding add "$1" "$home/near.jpg" --place 121.00$finding,32.007 --scheme gbt30428.2-2013 --code 0101 --text "棚 $finding" --as Wang --at 2026-03-03T08:30)
    gp finding move "$1" "$finding" confirm --as Zhao --at 2026-03-03T08:40 >/dev/null
    gp finding move "$1" "$finding" open_case --as Zhao --at 2026-03-03T08:45 >/dev/null
  done
  gp case list "$1" --as Zhao --json | jq -r '.rows[].number' | while read -r finding; do
    gp case correct "$1" "$finding" --party 某某 --area 120 --as Zhao --at 2026-03-03T08:46 >/dev/null
  done
  gp lead draft "$1" "$(gp case list "$1" --as Zhao --json | jq -r '.rows[0].number')" --agency natural_resources --as Sun --at 2026-03-03T08:50 >/dev/null
}
