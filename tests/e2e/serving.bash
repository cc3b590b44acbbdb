# serving.bash - a story that asks over HTTP begins with this, after station.bash: serving STATION [OPTION ...] sets $url; what it started ends
# with the story.
command -v curl >/dev/null || { echo "skipped: no curl"; exit 77; }
served=
trap '[ -z "$served" ] || kill "$served" 2>/dev/null; wait 2>/dev/null; rm -rf "$home"' EXIT
serving() {
  rm -f "$home/served"         # of the one before
  "$GRIDPATROL" serve "$1" --listen 127.0.0.1:0 --rate 100000 "${@:2}" >"$home/served" 2>&1 &
  served=$!
  for _ in $(seq 200); do grep -qs 'http://' "$home/served" && break; sleep 0.05; done
  url=$(grep -o 'http://[0-9.:]*' "$home/served" | head -1) || fail "the service does not say where it is: $(cat "$home/served")"
}
# It ends when it is told to, with nothing left undone.
served_ends() {
  kill -TERM "$served"
  wait "$served" || fail "the service ended with $?"
  served=
}
# get PATH [CURL OPTION ...]: the body of what is there.
get() { curl -sS --fail-with-body "$url$1" "${@:2}"; }
# ask PATH [CURL OPTION ...]: the status; head and body in $home/head and $home/body. header NAME: of that answer.
ask() { curl -sS -o "$home/body" -D "$home/head" -w '%{http_code}' "$url$1" "${@:2}"; }
header() { tr -d '\r' <"$home/head" | sed -n "s/^$1: //Ip"; }
