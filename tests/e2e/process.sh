#!/bin/bash
# process.sh - OGC API Processes, assertion by assertion: descriptions, an echo in every form, jobs with their status, results and problems;
# two uploaded layers and two surveys are compared; jobs are their maker's alone, are cancelled, and are told as failed when their service
# is killed.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Wang inspector
Ana analyst
Bo analyst
PEOPLE
# 400 houses; the later layer has three more, one less, and one that is larger.
houses() { jq -n --argjson side "$1" --argjson n "${2:-400}" '{type: "FeatureCollection", features: ([range($n) | select($side == 0 or . != 7) | . as $i
  | (if $side == 1 and . == 20 then 0.00025 else 0.00015 end) as $d | {type: "Feature", properties: {n: $i}, geometry: {type: "Polygon", coordinates:
  [[[121 + ($i % 20) / 2000, 32 + ($i / 20 | floor) / 2000] as [$x, $y] | [$x, $y], [$x + $d, $y], [$x + $d, $y + 0.0001], [$x, $y + 0.0001], [$x, $y]]]}}]
  + [range(if $side == 1 then 3 else 0 end) | {type: "Feature", properties: {n: (. + 9000)}, geometry: {type: "Polygon", coordinates:
  [[[121.02 + . / 1000, 32] as [$x, $y] | [$x, $y], [$x + 0.0002, $y], [$x + 0.0002, $y + 0.0001], [$x, $y + 0.0001], [$x, $y]]]}}])}'; }
houses 0 >"$home/before.geojson"
houses 1 >"$home/after.geojson"
gp survey add "$station" "$home/before.geojson" --name 2024 --date 2024-06-01 --accuracy-m 0.5 --quiet >/dev/null
gp survey add "$station" "$home/after.geojson" --name 2025 --date 2025-06-01 --accuracy-m 0.5 --quiet >/dev/null
for who in Wang Ana Bo; do declare "$who=$(gp token add "$station" --for $who --name tests 2>/dev/null)"; done
serving "$station"
as() { printf 'Authorization: Bearer %s' "${!1}"; }
# execute AS PROCESS BODY [CURL OPTION ...]: the status; body and head are in $home.
execute() { ask "/processes/$2/execution" -X POST -H "$(as "$1")" -H 'Content-Type: application/json' -d "$3" "${@:4}"; }
problem() { jq -r '.type | sub(".*/"; "")' "$home/body"; }
done_as() { # ID AS: waits until the job is done, and says how it ended
  local state
  for _ in $(seq 600); do
    state=$(get "/jobs/$1" -H "$(as "$2")" | jq -r .status)
    case $state in accepted|running) sleep 0.05 ;; *) echo "$state"; return ;; esac
  done
  echo "not done"
}

# Where it begins.
get / | jq -e '.links | map(select(.rel == "http://www.opengis.net/def/rel/ogc/1.0/processes")) | length == 1' >/dev/null || fail "the landing page does not lead to the processes"
for class in core ogc-process-description json oas30 dismiss; do
  get /conformance | jq -e --arg c "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/$class" '.conformsTo | index($c) != null' >/dev/null || fail "$class is not declared"
done

# The list and the descriptions.
get /processes -H "$(as Ana)" >"$home/list"
same "processes" "$(jq -c '[.processes[].id] | sort' "$home/list")" '["compare","diff","echo"]'
jq -e '[.processes[] | has("id") and has("version") and (.jobControlOptions | length > 0) and (.outputTransmission | length > 0)
  and ([.links[] | select(.rel == "self")] | length == 1)] | all' "$home/list" >/dev/null || fail "a summary lacks something"
jq -e '[.links[].rel] | index("self") != null' "$home/list" >/dev/null || fail "the list does not say where it is"
same "limit" "$(get '/processes?limit=1' -H "$(as Ana)" | jq '.processes | length')" 1
same "what the public can ask for" "$(get /processes | jq -c '[.processes[].id]')" '["echo"]'
same "what an inspector can ask for" "$(get /processes -H "$(as Wang)" | jq -c '[.processes[].id] | sort')" '["diff","echo"]'
for p in $(jq -r '.processes[] | .links[] | select(.rel == "self") | .href' "$home/list"); do
  curl -sS --fail "$p" -H "$(as Ana)" | jq -e '([.inputs[] | has("schema") and has("title") and has("minOccurs")] | all) and ([.outputs[] | has("schema")] | all)
    and ([.links[] | select(.rel == "http://www.opengis.net/def/rel/ogc/1.0/execute")] | length == 1)' >/dev/null || fail "the description of $p lacks something"
done
same "a process in Chinese" "$(get /processes/diff -H "$(as Ana)" -H 'Accept-Language: zh' | jq -r '.title | test("\\p{Han}")')" true
same "a process that is nowhere" "$(ask /processes/nothing) $(problem)" "404 no-such-process"
same "and asked" "$(execute Ana nothing '{}') $(problem)" "404 no-such-process"
same "one that is not for an inspector" "$(execute Wang compare '{"inputs": {"before": "2024", "after": "2025"}}') $(problem)" "404 no-such-process"
same "without saying who" "$(ask /processes/echo/execution -X POST -H 'Content-Type: application/json' -d '{"inputs": {"stringInput": "a"}}')" 401

# At once: raw and as a document, every kind of value.
same "a text, raw" "$(execute Ana echo '{"inputs": {"stringInput": "字 <&>"}}') $(cat "$home/body") $(header Content-Type)" "200 字 <&> text/plain; charset=utf-8"
same "an object, raw" "$(execute Ana echo '{"inputs": {"objectInput": {"value": {"a": [1, null, true]}}}, "response": "raw"}') $(jq -c . "$home/body")" '200 {"a":[1,null,true]}'
same "a box, raw" "$(execute Ana echo '{"inputs": {"boundingBoxInput": {"bbox": [1, 2, 3, 4]}}}') $(jq -c .bbox "$home/body")" '200 [1,2,3,4]'
same "several, raw" "$(execute Ana echo '{"inputs": {"stringInput": "a", "doubleInput": 1.5}}') $(header Content-Type | cut -d';' -f1) $(grep -c '^Content-ID: <' "$home/body")" "200 multipart/related 2"
all='{"stringInput": "a", "doubleInput": -0.5, "arrayInput": [1, "b"], "objectInput": {"k": {}}, "boundingBoxInput": {"bbox": [1, 2, 3, 4, 5, 6]}, "binaryInput": "AAEC", "mixedInput": 7}'
same "all, as a document" "$(execute Ana echo "{\"inputs\": $all, \"response\": \"document\"}")" 200
same "what comes out" "$(jq -cS . "$home/body")" "$(jq -cnS "$all | with_entries(.key |= sub(\"Input\$\"; \"Output\"))")"
same "some of it" "$(execute Ana echo "{\"inputs\": $all, \"outputs\": {\"binaryOutput\": {}}, \"response\": \"document\"}") $(jq -c . "$home/body")" '200 {"binaryOutput":"AAEC"}'
for wrong in '{' '[]' '{"inputs": []}' '{"inputs": {}}' '{"inputs": {"stringInput": 1}}' '{"inputs": {"doubleInput": "1"}}' '{"inputs": {"arrayInput": {}}}' '{"inputs": {"boundingBoxInput": {"bbox": [1]}}}' \
  '{"inputs": {"nothing": 1}}' '{"inputs": {"stringInput": "a"}, "outputs": {"nothing": {}}}' '{"inputs": {"stringInput": "a"}, "response": "both"}' '{"inputs": {"stringInput": "a"}, "x": 1}' \
  '{"inputs": {"stringInput": {"href": "http://127.0.0.1/secret"}}}'; do
  same "$wrong" "$(execute Ana echo "$wrong")" 400
  jq -e '.detail | length > 10' "$home/body" >/dev/null || fail "$wrong is refused without a word that helps"
done
same "another type of body" "$(ask /processes/echo/execution -X POST -H "$(as Ana)" -H 'Content-Type: text/plain' -d x)" 415

# As a job.
same "a job" "$(execute Ana echo '{"inputs": {"stringInput": "aside"}}' -H 'Prefer: respond-async')" 201
same "what was preferred" "$(header Preference-Applied)" respond-async
id=$(jq -r .jobID "$home/body")
same "where it is" "$(header Location)" "$url/jobs/$id"
jq -e '.processID == "echo" and .type == "process" and (.status == "accepted" or .status == "running") and (.progress | type == "number") and (.created | endswith("Z"))
  and ([.links[].rel] | index("self") != null)' "$home/body" >/dev/null || fail "the status: $(cat "$home/body")"
same "how it ends" "$(done_as "$id" Ana)" successful
get "/jobs/$id" -H "$(as Ana)" | jq -e '.progress == 100 and (.finished | length > 0) and ([.links[].rel] | index("http://www.opengis.net/def/rel/ogc/1.0/results") != null)' >/dev/null || fail "a job that is done"
same "its result, raw as it was asked for" "$(get "/jobs/$id/results" -H "$(as Ana)")" aside
same "its result as a document" "$(get "/jobs/$id/results?response=document" -H "$(as Ana)" | jq -c .)" '{"stringOutput":"aside"}'
same "the list of jobs" "$(get /jobs -H "$(as Ana)" | jq -r '.jobs[].jobID')" "$id"
for path in "/jobs/$id" "/jobs/$id/results" "/jobs/00000000-0000-7000-8000-000000000000"; do
  same "$path for a colleague" "$(ask "$path" -H "$(as Bo)") $(problem)" "404 no-such-job"
  same "$path for nobody" "$(ask "$path") $(problem)" "404 no-such-job"
done
same "jobs of a colleague" "$(get /jobs -H "$(as Bo)" | jq '.jobs | length')" 0
same "dismissed by a colleague" "$(ask "/jobs/$id" -X DELETE -H "$(as Bo)")" 404
same "removed" "$(ask "/jobs/$id" -X DELETE -H "$(as Ana)") $(jq -r .status "$home/body")" "200 dismissed"
same "and gone" "$(ask "/jobs/$id" -H "$(as Ana)") $(problem)" "404 no-such-job"
for i in 1 2 3; do execute Ana echo "{\"inputs\": {\"doubleInput\": $i}}" -H 'Prefer: respond-async' >/dev/null; done_as "$(jq -r .jobID "$home/body")" Ana >/dev/null; done
next=$(get "/jobs?limit=2" -H "$(as Ana)" | jq -r '.links[] | select(.rel == "next") | .href')
same "the last page of jobs" "$(curl -sS --fail "$next" -H "$(as Ana)" | jq '.jobs | length')" 1

# Two files that were sent are compared.
send() { ask "/uploads?name=$2" -X POST -H "$(as Wang)" -H "Content-Type: ${3:-application/octet-stream}" --data-binary @"$1" -H 'Expect:'; }
same "an upload" "$(send "$home/before.geojson" before.geojson application/geo+json)" 201
same "its SHA-256" "$(jq -r .sha256 "$home/body")" "$(sha256sum <"$home/before.geojson" | cut -d' ' -f1)"
before=$(jq -r .id "$home/body")
ogr2ogr -f 'ESRI Shapefile' "$home/after.shp.zip" "$home/after.geojson" -nln after 2>/dev/null
same "a zipped shapefile" "$(send "$home/after.shp.zip" after.shp.zip application/zip)" 201
after=$(jq -r .id "$home/body")
same "an upload without a name" "$(send "$home/before.geojson" "")" 400
same "an upload of a colleague" "$(ask "/uploads/$before" -H "$(as Ana)")" 404
same "diff asked with it" "$(execute Ana diff "{\"inputs\": {\"before\": {\"upload\": \"$before\"}, \"after\": \"2025\"}}")" 400
same "diff" "$(execute Wang diff "{\"inputs\": {\"before\": {\"upload\": \"$before\"}, \"after\": {\"upload\": \"$after\"}}, \"response\": \"document\"}")" 201
id=$(jq -r .jobID "$home/body")
same "how the comparison ends" "$(done_as "$id" Wang)" successful
get "/jobs/$id/results" -H "$(as Wang)" >"$home/results"
same "what came out" "$(jq -c 'keys' "$home/results")" '["changes","report","summary"]'
fetch() { curl -sS --fail "$(jq -r ".$1.href" "$home/results")" -H "$(as Wang)"; }
gp diff "$home/before.geojson" "$home/after.geojson" -o "$home/own.geojson" --quiet
same "the changes, as the command line finds them" "$(fetch changes | jq -c '[.features[].properties | {class, before_ids, after_ids}]')" "$(jq -c '[.features[].properties | {class, before_ids, after_ids}]' "$home/own.geojson")"
same "new ones" "$(fetch changes | jq '[.features[] | select(.properties.class == "new")] | length')" 3
same "the summary" "$(fetch summary | jq -r .per_class.new)" 3
fetch report | grep '<html' >/dev/null || fail "the report is no page"
execute Wang diff "{\"inputs\": {\"before\": {\"upload\": \"$before\"}, \"after\": {\"upload\": \"$after\"}}, \"outputs\": {\"changes\": {\"format\": {\"mediaType\": \"application/geopackage+sqlite3\"}}}}" >/dev/null
id=$(jq -r .jobID "$home/body")
same "as a GeoPackage" "$(done_as "$id" Wang)" successful
same "raw: links, and nothing else" "$(ask "/jobs/$id/results" -H "$(as Wang)") $(grep -c . "$home/body" || true)" "204 0"
header Link | grep -q "results/changes.gpkg>; rel=\"changes\"" || fail "the link: $(header Link)"
get "/jobs/$id/results/changes.gpkg" -H "$(as Wang)" >"$home/changes.gpkg"
same "its rows" "$(ogrinfo -ro -so -al "$home/changes.gpkg" | sed -n 's/^Feature Count: //p')" "$(jq '.features | length' "$home/own.geojson")"
same "a file of it for a colleague" "$(ask "/jobs/$id/results/changes.gpkg" -H "$(as Ana)")" 404
for path in nothing.gpkg ..%2f..%2fgridpatrol.sqlite changes.shp; do same "$path" "$(ask "/jobs/$id/results/$path" -H "$(as Wang)")" 404; done

# A file that leads elsewhere is not followed; what is no layer is said to be none.
printf '<OGRVRTDataSource><OGRVRTLayer name="v"><SrcDataSource>%s</SrcDataSource><SrcLayer>before</SrcLayer></OGRVRTLayer></OGRVRTDataSource>' "$home/before.geojson" >"$home/trick.gpkg"
send "$home/trick.gpkg" trick.gpkg >/dev/null
trick=$(jq -r .id "$home/body")
execute Wang diff "{\"inputs\": {\"before\": {\"upload\": \"$trick\"}, \"after\": {\"upload\": \"$after\"}}}" >/dev/null
id=$(jq -r .jobID "$home/body")
same "how it ends with a file that leads elsewhere" "$(done_as "$id" Wang)" failed
same "the result of what failed" "$(ask "/jobs/$id/results" -H "$(as Wang)") $(jq -r .title "$home/body" | grep -c .)" "400 1"
get "/jobs/$id" -H "$(as Wang)" | jq -e '.message | test("trick.gpkg|file.gpkg")' >/dev/null || fail "why it failed: $(get "/jobs/$id" -H "$(as Wang)")"
same "a CRS that is no code" "$(execute Wang diff "{\"inputs\": {\"before\": {\"upload\": \"$before\"}, \"after\": {\"upload\": \"$after\"}, \"crs\": \"+proj=longlat +nadgrids=/etc/passwd\"}}")" 400
same "a measure out of its limits" "$(execute Wang diff "{\"inputs\": {\"before\": {\"upload\": \"$before\"}, \"after\": {\"upload\": \"$after\"}, \"storey_m\": 500}}")" 400
same "removed" "$(ask "/uploads/$trick" -X DELETE -H "$(as Wang)") $(ask "/uploads/$trick" -H "$(as Wang)")" "204 404"
[ ! -e "$station/uploads/$trick" ] || fail "a file that was removed is there"

# Two surveys of the station.
same "compare" "$(execute Ana compare '{"inputs": {"before": "2024", "after": "2025"}}')" 201
id=$(jq -r .jobID "$home/body")
same "how it ends" "$(done_as "$id" Ana)" successful
get "/jobs/$id/results" -H "$(as Ana)" >"$home/results"
same "its changes are the station's" "$(get "$(jq -r .changes "$home/results")&class=new" -H "$(as Ana)" | jq .numberReturned)" 3
same "counted alike" "$(jq -r .per_class.new "$home/results")" 3
same "surveys nobody has" "$(execute Ana compare '{"inputs": {"before": "1900", "after": "2025"}}')" 400
same "an input that is missing" "$(execute Ana compare '{"inputs": {"before": "2024"}}')" 400
execute Ana compare '{"inputs": {"before": "2025", "after": "2024"}}' >/dev/null
same "in the wrong order" "$(done_as "$(jq -r .jobID "$home/body")" Ana)" failed

# Waiting, cancelled, and no more than so many.
houses 0 30000 >"$home/many.geojson" && houses 1 30000 >"$home/later.geojson"
send "$home/many.geojson" many.geojson >/dev/null && many=$(jq -r .id "$home/body")
send "$home/later.geojson" later.geojson >/dev/null && later=$(jq -r .id "$home/body")
long="{\"inputs\": {\"before\": {\"upload\": \"$many\"}, \"after\": {\"upload\": \"$later\"}}}"
jobs=()
for i in 1 2 3 4; do same "job $i" "$(execute Wang diff "$long")" 201; jobs+=("$(jq -r .jobID "$home/body")"); done
same "one too many" "$(execute Wang diff "$long")" 429
same "a result that is not there yet" "$(ask "/jobs/${jobs[3]}/results" -H "$(as Wang)") $(problem)" "404 result-not-ready"
same "cancelled" "$(ask "/jobs/${jobs[3]}" -X DELETE -H "$(as Wang)") $(jq -r .status "$home/body")" "200 dismissed"
same "it stays so" "$(get "/jobs/${jobs[3]}" -H "$(as Wang)" | jq -r .status)" dismissed
same "and has no result" "$(ask "/jobs/${jobs[3]}/results" -H "$(as Wang)") $(problem)" "404 result-not-ready"

# Killed: the next service tells what was under way as failed, and keeps what was done.
kill -KILL "$served"
wait "$served" 2>/dev/null || true
serving "$station"
same "a job whose service was killed" "$(get "/jobs/${jobs[2]}" -H "$(as Wang)" | jq -r '.status + ": " + .message')" "failed: it was interrupted"
same "a job that was done before" "$(ask "/jobs/$id/results" -H "$(as Ana)")" 200
served_ends
gp verify "$station" >/dev/null 2>&1 || fail "the station is not what it was"
echo "process: fine"
