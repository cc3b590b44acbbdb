#!/bin/bash
# doors.sh - the whole line over HTTP alone: a report with two photos becomes a case, a change of two surveys another one, rules draft
# leads to several agencies, one accepts and answers, one returns and is sent elsewhere, a checker closes. Every step is in the audit,
# everybody sees what is theirs, and what is sent twice is there once.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
people="Wang Qian Zhao Sun Chen An Li Gui Jing Fang"
staffed "$station" <<'PEOPLE'
Wang inspector
Qian inspector
Zhao checker
Sun coordinator
Chen chief
An analyst
Li officer urban_management
Gui officer natural_resources
Jing officer police
Fang officer housing
PEOPLE
declare -A token
for who in $people; do token[$who]=$(gp token add "$station" --for "$who" --name tests 2>/dev/null) || fail "no token for $who"; done

# Two surveys of 400 houses; the second has one more.
houses() {
  jq -nc --argjson more "$1" '{type: "FeatureCollection", features: ([range(400) | [121 + (. % 20) * 0.0003, 32 + (. / 20 | floor) * 0.0003, "h\(.)"]] + $more |
    map({type: "Feature", properties: {id: .[2]}, geometry: {type: "Polygon", coordinates: [[[.[0], .[1]], [.[0] + 0.00012, .[1]], [.[0] + 0.00012, .[1] + 0.0001],
    [.[0], .[1] + 0.0001], [.[0], .[1]]]]}}))}'
}
houses '[]' >"$home/before.geojson"
houses '[[121.0012, 32.0063, "new"]]' >"$home/after.geojson"
gp survey add "$station" "$home/before.geojson" --name 2025 --date 2025-06-01 --id-field id --quiet >/dev/null
gp survey add "$station" "$home/after.geojson" --name 2026 --date 2026-06-01 --id-field id --quiet >/dev/null
gp compare "$station" 2025 2026 --quiet >/dev/null
serving "$station"

# asks WHO METHOD PATH [BODY or @FILE] [curl option ...]: the answer is in $home/body, its status in $code.
asks() {
  local who=$1 method=$2 path=$3 body=${4:-} type=application/json data=()
  shift $(($# < 4 ? $# : 4))
  case $body in @*) type=image/jpeg data=(--data-binary "$body") ;; ?*) data=(--data-binary "$body") ;; esac
  code=$(curl -sS -o "$home/body" -D "$home/head" -w '%{http_code}' -X "$method" -H "Authorization: Bearer ${token[$who]}" -H "Content-Type: $type" "${data[@]}" "$@" "$url$path")
}
says() { jq -r "$1" "$home/body"; }
done_by() { # WHO METHOD PATH [BODY]: it is well
  asks "$@"
  case $code in 20?) ;; *) fail "$1 $2 $3 ${4:-}: $code $(cat "$home/body")" ;; esac
}
refused() { # RULE STATUS WHO METHOD PATH BODY
  local rule=$1 status=$2
  shift 2
  asks "$@"
  [ "$code" = "$status" ] && says .detail | grep -q "rule $rule:" || fail "$*: $code $(cat "$home/body"), expected $status by the rule $rule"
}
gone() { # WHO PATH: not there for them, as what never was
  asks "$1" GET "$2"
  same "$1 sees $2" "$code" 404
}
move() { done_by "$1" POST "$2/moves" "{\"verb\":\"$3\"${4:+,$4}}"; }

# --- An inspector's report, with a bad network -------------------------------------------------------------------------------------

id=01932f00-0000-7000-8000-000000000001
report='{"id":"'$id'","x":121.003,"y":32.003,"crs":"EPSG:4326","accuracy_m":4,"text":"a shed on the river bank","scheme":"gbt30428.2-2013","code":"0101"}'
printf '\377\330\377\340near' >"$home/near.jpg"; printf '\377\330\377\340far' >"$home/far.jpg"; printf '\377\330\377\340after' >"$home/after.jpg"
printf '<html><script>alert(1)</script>' >"$home/page.jpg"
asks Wang POST /findings "$report"; same "a report" "$code" 201
asks Wang POST /findings "$report"; same "the same again" "$code" 200
asks Wang POST /findings "${report/shed/tower}"; same "another under the same id" "$code" 409
finding=/findings/$id
refused photo 422 Zhao POST $finding/moves '{"verb":"confirm"}'
for part in near far; do
  asks Wang POST "$finding/evidence?part=$part&name=$part.jpg&lon=121.003&lat=32.003" "@$home/$part.jpg"; same "a photo" "$code" 201
  asks Wang POST "$finding/evidence?part=$part&name=$part.jpg" "@$home/$part.jpg"; same "the same photo again" "$code" 200
done
asks Wang POST "$finding/evidence?part=near" "@$home/page.jpg"; same "a page that calls itself a photo" "$code" 415
done_by Zhao GET $finding
same "photos" "$(says '.record.evidence | length')" 2
photo=$(says '.record.evidence[0] | "/evidence/\(.id)"'); sum=$(says '.record.evidence[0].sha256')
asks Zhao GET "$photo"; same "a photo comes back" "$(sha256sum <"$home/body" | cut -d' ' -f1)" "$sum"
for who in Li Gui Jing; do gone $who "$photo"; gone $who $finding; done
gone Qian "/evidence/${id%1}2"
refused not-own-request 403 Wang POST $finding/moves '{"verb":"dismiss","note":"never mind"}'
move Qian $finding confirm
move Zhao $finding open_case
same "the case's number" "$(says .linked | sed 's/-20[0-9]*-/-/')" 320612-WJ-00001
first=/cases/$(says .linked)
asks Zhao POST $finding/moves '{"verb":"open_case"}'; same "a second case of it" "$code" 409

# --- A change under review ----------------------------------------------------------------------------------------------------------

done_by An GET "/collections/change/items?limit=10&state=open"
same "changes" "$(says '.features | length')" 1
change=/changes/$(says '.features[0].id')
done_by An GET "$change"
same "what was there before" "$(says '.record.before.footprints.features | length')" 0
same "what is there now" "$(says '[.record.after.footprints.features[] | .id] | join(",")')" new
same "where it is" "$(says '.record.after.footprints.features[0].geometry.coordinates | flatten | min')" 32.0063
gone Wang "$change"                                  # it has not left the desk
refused role 403 Sun POST "$change/moves" '{"verb":"confirm"}'
move An "$change" confirm
refused second-reviewer 403 An POST "$change/moves" '{"verb":"agree"}'
move Zhao "$change" agree

# --- Rules ----------------------------------------------------------------------------------------------------------------------------

asks Zhao PATCH "$first" '{"area_m2":30,"party":"Xu","facts":{"obstructed":true,"has_building_licence":false},"note":"a fence was put up against us"}'
same "corrected" "$code" 200
done_by Sun POST /routing '{"dry_run":true}'
cp "$home/body" "$home/dry"
done_by Sun GET "/collections/lead/items"; same "a dry run drafts nothing" "$(says .numberReturned)" 0
done_by Sun POST /routing '{}'
same "what a dry run told came true" "$(says '[.rows[] | .rule] | sort | join(",")')" "$(jq -r '[.rows[] | .rule] | sort | join(",")' "$home/dry")"
same "a case of the change" "$(says .cases_opened)" 1
second=/cases/$(says '[.rows[] | select(.change != null) | .case][0]')
lead_of() { echo "/leads/$(says "[.rows[] | select(.agency == \"$1\" and .lead != null) | .lead][0]")"; }
police=$(lead_of police) housing=$(lead_of housing) land=$(lead_of natural_resources)
for lead in $police $housing $land; do [ "$lead" != /leads/null ] || fail "the rules drafted too few: $(cat "$home/body")"; done
done_by Sun POST /routing '{}'; same "routed twice" "$(says '.cases_routed + .leads_drafted')" 0
[ "$first" != "$second" ] || fail "both are one case"

# --- Leads: one is accepted and answered, one is returned and goes elsewhere -----------------------------------------------------------

for case in "$first" "$second"; do
  asks Zhao POST "$case/papers" '{"kind":"minutes","number":"M-1","dated":"2026-07-01"}'; same "a paper" "$code" 201
done
for lead in $police $land; do
  refused role 403 Sun POST "$lead/moves" '{"verb":"approve"}'
  move Chen "$lead" approve
  gone Gui "$lead"; gone Jing "$lead"
  move Sun "$lead" send
done
done_by Gui GET /agencies/natural_resources/queue
same "the queue" "$(says '[.features[] | .properties.thing + " " + .properties.state] | join(",")')" "lead sent"
same "as a map program reads it" "$(ogrinfo -ro -so -al "$home/body" 2>/dev/null | sed -n 's/^Feature Count: //p')" 1
same "what can be done with it" "$(curl -sS -H "Authorization: Bearer ${token[Gui]}" "$(says '.features[0].properties.moves')" | jq -r '[.moves[].verb] | index("receive") != null')" true
gone Jing /agencies/natural_resources/queue; gone Jing "$land"; gone Gui "$police"; gone Gui "$second"; gone Wang /agencies/police/queue
refused signature 422 Gui POST "$land/moves" '{"verb":"receive"}'
move Gui "$land" receive '"receipt":"R-7","received_by":"Gui"'
move Gui "$land" accept
move Gui "$land" start
move Gui "$land" answer '"note":"no permit was given; it is not correctable"'
same "answered" "$(says .state)" feedback
refused role 403 Gui POST "$land/moves" '{"verb":"close"}'
move Zhao "$land" close
same "a lead is closed by who handed it over" "$(says .state)" closed

move Jing "$police" receive '"receipt":"R-8","received_by":"Jing"'
refused return-reason 422 Jing POST "$police/moves" '{"verb":"return","note":"a fence is no crime"}'
move Jing "$police" return '"note":"a fence is no crime","reason":"not_competent"'
move Chen "$police" reassign '"agency":"housing","note":"theirs, then"'
gone Fang "$police"                                  # approved, not sent
move Sun "$police" send
done_by Fang GET "$police"
gone Jing "$police"
done_by Fang GET /agencies/housing/queue
same "the new agency's queue" "$(says '[.features[].properties.number] | index("'"${police#/leads/}"'") != null')" true

# --- The case goes its way and is closed by a checker -----------------------------------------------------------------------------------

gone Fang "$first"; gone Jing "$second"
move Zhao "$first" submit
move Zhao "$first" register
move Sun "$first" dispatch
done_by Li GET "$first/moves"; tag=$(header ETag)
same "the handler's queue" "$(curl -sS -H "Authorization: Bearer ${token[Li]}" "$url/agencies/urban_management/queue" | jq -r '[.features[] | select(.properties.state == "dispatched")] | length')" 1
move Li "$first" accept
asks Li POST "$first/moves" '{"verb":"return","note":"x"}' -H "If-Match: $tag"; same "of a version that is gone" "$code" 412
done_by Li POST "$first/extensions" '{"amount":1,"note":"rain"}'
extension=/extensions/$(says .id)
refused role 403 Li POST "$extension/moves" '{"verb":"endorse"}'
move Sun "$extension" endorse
move Chen "$extension" grant
move Li "$first" feedback '"note":"taken down by its owner","result":"demolished_self"'
refused role 403 Li POST "$first/moves" '{"verb":"check"}'
move Zhao "$first" check
refused after-photo 409 Wang POST "$first/moves" '{"verb":"pass"}'
asks Wang POST "$first/evidence?part=after&lon=121.003&lat=32.0031&captured_at=$(date -u +%FT%TZ)" "@$home/after.jpg"; same "the photo after the work" "$code" 201
move Wang "$first" pass
refused area-measured 409 Zhao POST "$first/moves" '{"verb":"close"}'
move Zhao "$first" close '"area_m2":30'
same "closed" "$(says '.state + " " + (.is_end | tostring)')" "closed true"
done_by Sun GET "$first"
same "who did the work and who closed it" "$(says '[.record.steps[] | select(.verb == "feedback" or .verb == "close") | .actor] | join(",")')" "Li,Zhao"
next_year=$(date -d "+1 year" +%F)                   # deadlines that are not past yet count too
done_by Sun GET "/reports?to=$next_year"
same "the work in figures" "$(says '[.figures[] | select(.indicator == "handled_in_time")][0] | "\(.numerator)/\(.denominator)"')" 1/1
asks Jing GET "/reports?to=$next_year"; [ "$code" = 200 ] && same "figures of what is not theirs" "$(says '[.figures[].denominator] | add')" 0

# --- Who sees what: numbers in every list ------------------------------------------------------------------------------------------------

numbers() { # WHO COLLECTION
  asks "$1" GET "/collections/$2/items?limit=1000"
  if [ "$code" = 404 ]; then echo none; else says '[.features[].properties.number] | sort | join(" ")'; fi
}
a=${first#/cases/} b=${second#/cases/} p=${police#/leads/} l=${land#/leads/}
same "cases for the coordinator" "$(numbers Sun case)" "$a $b"
same "cases for the handler" "$(numbers Li case)" "$a $b"
same "cases for another agency" "$(numbers Gui case)" ""
same "leads for natural resources" "$(numbers Gui lead)" "$l"
same "leads for the police" "$(numbers Jing lead)" ""
same "leads for housing" "$(numbers Fang lead)" "$p"
same "findings for the police" "$(numbers Jing finding)" ""
same "leads for an inspector" "$(numbers Wang lead)" none

# --- The audit, and the end ---------------------------------------------------------------------------------------------------------------

served_ends
gp audit verify "$station" 2>"$home/said" || fail "the audit: $(cat "$home/said")"
gp audit list "$station" --json --as Chen | jq -r '.rows[] | "\(.actor) \(.verb) \(.thing)"' >"$home/audit"
for line in "Wang report finding" "Qian confirm finding" "Zhao open_case finding" "An confirm change" "Zhao agree change" "Sun send lead" "Chen approve lead" "Gui answer lead" \
  "Jing return lead" "Chen reassign lead" "Zhao close lead" "Sun dispatch case" "Li feedback case" "Chen grant extension" "Wang pass case" "Zhao close case"; do
  grep -qx "$line" "$home/audit" || fail "not in the audit: $line"
done
same "reports" "$(grep -c "report finding" "$home/audit")" 1
same "photos" "$(grep -c "record evidence" "$home/audit")" 3
gp verify "$station" >"$home/said" 2>&1 || fail "the station is not what it was: $(cat "$home/said")"
echo "doors: the whole line holds"
