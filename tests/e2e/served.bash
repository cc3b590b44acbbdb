# served.bash - what a story of a station over HTTP begins with, behind station.bash: serve, stop, get, status, header. $url is its address.
served=
trap '[ -z "$served" ] || kill "$served" 2>/dev/null; wait 2>/dev/null; rm -rf "$home"' EXIT
# serve [OPTION ...]: serves $station until stop, or the story's end.
serve() {
  "$GRIDPATROL" serve "$station" --listen 127.0.0.1:0 --rate 100000 "$@" >"$home/log" 2>&1 &
  served=$!
  for _ in $(seq 100); do grep -q 'http://' "$home/log" && break; sleep 0.05; done
  url=$(grep -o 'http://[0-9.:]*' "$home/log") || fail "the service does not say where it is: $(cat "$home/log")"
}
stop() {
  kill -TERM "$served"
  wait "$served" || fail "the service ended with $?"
  served=
}
get() { curl -sS --fail-with-body "$url$1" "${@:2}"; }
status() { curl -sS -o "$home/body" -D "$home/head" -w '%{http_code}' "$url$1" "${@:2}"; }
header() { tr -d '\r' <"$home/head" | sed -n "s/^$1: //Ip"; }
