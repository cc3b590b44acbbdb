#!/bin/bash
# survey_files.sh - surveys as files over HTTP: a range of their bytes, conditions, GDAL reading one from afar, and those who see
# no survey, or not the whole district, who are told that there is none.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Chen chief
Li officer urban_management
PEOPLE
printf 'code,name\n320612001,street\n' >"$home/streets.csv"
gp load "$station" area "$home/streets.csv" --source a --quiet >/dev/null 2>&1
gp actor add "$station" Near --role chief --area 320612001 >/dev/null 2>&1 || fail "no actor with an area"
jq -n '{type: "FeatureCollection", features: [range(4000) | {type: "Feature", properties: {n: .}, geometry: {type: "Polygon", coordinates:
  [[[121 + (. % 80) / 1000, 32 + (. / 80 | floor) / 1000] as [$x, $y] | [$x, $y], [$x + 0.0005, $y], [$x + 0.0005, $y + 0.0005], [$x, $y + 0.0005], [$x, $y]]]}}]}' >"$home/普查.geojson"
gp survey add "$station" "$home/普查.geojson" --name 2025 --date 2025-06-01 --accuracy-m 0.5 --quiet >/dev/null
token=$(gp token add "$station" --for Chen --name tests 2>/dev/null) && near=$(gp token add "$station" --for Near --name tests 2>/dev/null) && li=$(gp token add "$station" --for Li --name tests 2>/dev/null)

# What has no geometry is counted and said; a file of nothing else is no survey.
jq '.features[:3] | .[1].geometry = null | {type: "FeatureCollection", features: .}' "$home/普查.geojson" >"$home/holes.geojson"
gp survey add "$station" "$home/holes.geojson" --name holes --date 2025-07-01 --json >"$home/added" 2>"$home/said"
same "features kept" "$(jq '.rows[0].features' "$home/added")" 2
grep -qx "1 features have no geometry and were left out" "$home/said" || fail "not told of what was left out: $(cat "$home/said")"
jq '.features[].geometry = null' "$home/holes.geojson" >"$home/nothing.geojson"
gp survey add "$station" "$home/nothing.geojson" --name nothing --date 2025-07-01 --quiet 2>"$home/said" && fail "a survey of nothing was taken"
grep -q "holds no feature with a geometry" "$home/said" || fail "said of a survey of nothing: $(cat "$home/said")"

serving "$station"
chief=(-H "Authorization: Bearer $token")
id=$(get /collections/survey/items "${chief[@]}" | jq -r '.features[] | select(.properties.name == "2025") | .id')
file=/surveys/$id/file

# The whole, and what it is called.
same "the file" "$(ask "$file" "${chief[@]}")" 200
cp "$home/body" "$home/whole.fgb"
sha=$(sha256sum <"$home/whole.fgb" | cut -d' ' -f1) size=$(stat -c %s "$home/whole.fgb")
same "its tag is its SHA-256" "$(header ETag)" "\"$sha\""
same "ranges" "$(header Accept-Ranges)" bytes
same "its name" "$(header Content-Disposition)" "attachment; filename=\"2025.fgb\"; filename*=UTF-8''2025.fgb"
same "features" "$(ogrinfo -ro -so -al "$home/whole.fgb" | sed -n 's/^Feature Count: //p')" 4000
same "HEAD" "$(curl -sS -I "$url$file" "${chief[@]}" | tr -d '\r' | sed -n 's/^Content-Length: //p')" "$size"
same "not changed" "$(ask "$file" "${chief[@]}" -H "If-None-Match: \"$sha\"")" 304

# Ranges: RANGE STATUS FROM LENGTH.
while read -r range expected from len; do
  same "$range" "$(ask "$file" "${chief[@]}" -H "Range: $range")" "$expected"
  if [ "$expected" = 206 ]; then
    same "$range is" "$(header Content-Range)" "bytes $from-$((from + len - 1))/$size"
    cmp "$home/body" <(tail -c +$((from + 1)) "$home/whole.fgb" | head -c "$len") || fail "$range: other bytes"
  fi
done <<RANGES
bytes=0-0 206 0 1
bytes=0-99 206 0 100
bytes=100-199 206 100 100
bytes=$((size - 1))- 206 $((size - 1)) 1
bytes=1000- 206 1000 $((size - 1000))
bytes=-10 206 $((size - 10)) 10
bytes=-$((size * 2)) 206 0 $size
bytes=5-99999999999999999999 206 5 $((size - 5))
bytes=$size- 416
bytes=99999999999999999999- 416
bytes=-0 416
bytes=0-1,5-6 200
bytes=9-3 200
lines=0-9 200
bytes=x-y 200
RANGES
ask "$file" "${chief[@]}" -H "Range: bytes=$size-" >/dev/null
same "what is said of a range that is nowhere" "$(header Content-Range)" "bytes */$size"
same "if it is still the same" "$(ask "$file" "${chief[@]}" -H "Range: bytes=0-9" -H "If-Range: \"$sha\"")" 206
same "if it were another" "$(ask "$file" "${chief[@]}" -H "Range: bytes=0-9" -H 'If-Range: "other"')" 200
head -c 30000 "$home/whole.fgb" >"$home/resumed.fgb"
curl -sS -C - -o "$home/resumed.fgb" "$url$file" "${chief[@]}"
cmp "$home/resumed.fgb" "$home/whole.fgb" || fail "a download that was resumed is another file"

# GDAL reads it from afar, in ranges. (An archive keeps the order of its source and has no index, so a box takes reading to its end.)
export GDAL_HTTP_HEADERS="Authorization: Bearer $token" GDAL_DISABLE_READDIR_ON_OPEN=EMPTY_DIR CPL_CURL_VERBOSE=YES
ogrinfo -ro -al -geom=NO -spat 121.0401 32.0251 121.0448 32.0298 "/vsicurl/$url$file" >"$home/box" 2>"$home/curl" || fail "GDAL: $(tail -3 "$home/box" "$home/curl")"
same "a box read from afar" "$(grep -c '^OGRFeature' "$home/box")" 25
[ "$(grep -c '^< Content-Range: bytes' "$home/curl")" -gt 1 ] || fail "GDAL did not read ranges"
unset CPL_CURL_VERBOSE

# The originals, as they came.
get "/surveys/$id/files" "${chief[@]}" >"$home/files"
same "the original's name" "$(jq -r '.files[0].name' "$home/files")" 普查.geojson
curl -sS --fail "$(jq -r '.files[0].href' "$home/files")" "${chief[@]}" -D "$home/head" -o "$home/original"
cmp "$home/original" "$home/普查.geojson" || fail "the original is another file"
same "as it is saved" "$(header Content-Disposition)" "attachment; filename=\"__.geojson\"; filename*=UTF-8''%E6%99%AE%E6%9F%A5.geojson"
same "an original nobody has" "$(ask "/surveys/$id/files/$(printf 0 | sha256sum | cut -d' ' -f1)" "${chief[@]}")" 404
same "a path is no SHA-256" "$(ask "/surveys/$id/files/..%2f..%2fgridpatrol.sqlite" "${chief[@]}")" 404

# Whoever sees no survey, or not the whole district, is told what is told of one that never was.
for path in file files "files/$sha"; do
  same "$path of a survey that is nowhere" "$(ask "/surveys/nobody/$path" "${chief[@]}")" 404
  same "$path for the public" "$(ask "/surveys/$id/$path")" 404
  same "$path for an agency" "$(ask "/surveys/$id/$path" -H "Authorization: Bearer $li")" 404
  same "$path for whose view is limited" "$(ask "/surveys/$id/$path" -H "Authorization: Bearer $near")" 404
done
served_ends
echo "survey_files: fine"
