# webdriver.bash - a browser without a window, driven over HTTP (W3C WebDriver) by curl and jq. To be sourced after station.bash.
# Debian: chromium chromium-driver. It can reach this machine and nothing else, so that a page which needs more is seen to need it.

browser_missing() { for tool in chromium chromedriver curl jq; do command -v $tool >/dev/null || { echo $tool; return 0; }; done; return 1; }

browser_open() {   # browser_open WIDTH HEIGHT
  local port
  chromedriver --port=0 >"$home/driver" 2>&1 &
  driver_pid=$!
  for _ in $(seq 200); do port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$home/driver"); [ -n "$port" ] && break; sleep 0.05; done
  [ -n "$port" ] || fail "chromedriver does not start: $(cat "$home/driver")"
  driver=http://127.0.0.1:$port
  jq -n --arg size "$1,$2" --arg profile "$home/profile" '{capabilities: {alwaysMatch: {browserName: "chrome", "goog:loggingPrefs": {browser: "ALL"}, "goog:chromeOptions": {args: [
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--user-data-dir=\($profile)", "--window-size=\($size)", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--disable-background-networking", "--lang=en", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]}}}}' >"$home/wish"
  session=$driver/session/$(wd POST "$driver/session" <"$home/wish" | jq -er .value.sessionId) || fail "no browser: $(cat "$home/driver" | tail -5)"
}
browser_close() {
  [ -z "${session:-}" ] || curl -sS -m 20 -X DELETE "$session" >/dev/null 2>&1 || true
  [ -z "${driver_pid:-}" ] || kill "$driver_pid" 2>/dev/null || true
}

wd() { curl -sS -m 120 -X "$1" "$2" -H 'Content-Type: application/json' --data-binary @-; }   # the body comes in
visit() { jq -n --arg url "$1" '{url: $url}' | wd POST "$session/url" >/dev/null; }
# js SCRIPT: what it returns, as JSON. A script that throws ends the story.
js() {
  local answer
  answer=$(jq -n --arg script "$1" '{script: $script, args: []}' | wd POST "$session/execute/sync")
  jq -e '.value | type == "object" and has("error")' <<<"$answer" >/dev/null && fail "in the browser: $1: $(jq -r .value.message <<<"$answer" | head -3)"
  jq -c .value <<<"$answer"
}
# until SCRIPT: it is true soon.
until_js() {
  for _ in $(seq 240); do [ "$(js "return Boolean($1)")" = true ] && return; sleep 0.25; done
  fail "never true in the browser: $1; $(complaints)"
}
click_at() {   # click_at X Y, in the window
  jq -n --argjson x "$1" --argjson y "$2" '{actions: [{type: "pointer", id: "mouse", actions: [{type: "pointerMove", duration: 0, x: $x, y: $y}, {type: "pointerDown", button: 0},
    {type: "pointerUp", button: 0}]}]}' | wd POST "$session/actions" >/dev/null
}
press() { jq -n --argjson key "\"\\u$1\"" '{actions: [{type: "key", id: "keys", actions: [{type: "keyDown", value: $key}, {type: "keyUp", value: $key}]}]}' | wd POST "$session/actions" >/dev/null; }
complaints() { jq -n '{type: "browser"}' | wd POST "$session/se/log" | jq -c '[.value[] | select(.level == "SEVERE" or .level == "WARNING") | .message]'; }
picture() { curl -sS -m 60 "$session/screenshot" | jq -r .value | base64 -d >"$1"; }
