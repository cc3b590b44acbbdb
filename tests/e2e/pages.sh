#!/bin/bash
# pages.sh - people at a browser without JavaScript: they read pages, sign in with a form, take a move with a form, and sign out; a form
# of somebody else's page changes nothing.
set -euo pipefail
. "$(dirname "$0")/station.bash"
. "$(dirname "$0")/serving.bash"
station=$home/tongzhou
staffed "$station" <<'PEOPLE'
Wang inspector
Zhao checker
PEOPLE
printf 'x' >"$home/near.jpg"
gp finding add "$station" "$home/near.jpg" --place 121.07,32.05 --text '<img src=x onerror=alert(1)>' --as Wang --at 2026-03-02T08:30 >/dev/null
gp actor password "$station" Zhao <<<'correct horse battery' >/dev/null 2>&1 || fail "no password"
serving "$station"
browser() { curl -sS -o "$home/page" -D "$home/head" -w '%{http_code}' -b "$home/jar" -c "$home/jar" -H 'Accept: text/html,*/*;q=0.8' "$@"; }
says() { grep -qF "$2" "$home/page" || fail "$1: the page does not say $2: $(cat "$home/page")"; }
hidden() { sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$home/page" | head -1; }

# What anybody reads; every address a page names within the service answers.
same "the first page" "$(browser "$url/?lang=en")" 200
says "the first page" "Sign in"
for link in $(grep -o 'href="[^"#]*"' "$home/page" | sed 's/href="//; s/"$//; s/&amp;/\&/g' | sort -u); do
  case $link in "$url"*) curl -sS --fail -o /dev/null "$link" || fail "a link of the first page goes nowhere: $link" ;; *) fail "a link leaves the service: $link" ;; esac
done
same "findings are not there for the public" "$(browser "$url/collections/finding/items")" 404
says "a page that is not there" "<h1>"

# Signing in.
same "the page to sign in" "$(browser "$url/sign-in?lang=en&next=/collections/finding/items")" 200
says "the page to sign in" 'type="password"'
same "nobody is led elsewhere" "$(browser "$url/sign-in?next=//evil.example/" && hidden next)" "200/"
same "a wrong password" "$(browser "$url/sign-in" -H "Origin: $url" -d name=Zhao -d password=wrong)" 401
says "a wrong password" "<h1>"
same "the right one" "$(browser "$url/sign-in" -H "Origin: $url" -d name=Zhao --data-urlencode 'password=correct horse battery' -d next=/collections/finding/items)" 303
same "and on" "$(header Location)" "$url/collections/finding/items"
same "findings are there now" "$(browser "$url/collections/finding/items?lang=en")" 200
says "a hostile text, escaped" "&lt;img src=x onerror=alert(1)&gt;"
grep -q '<img src=x' "$home/page" && fail "a hostile text is on the page as it is"

# A move by a form: of ours, and of somebody else's.
id=$(grep -o '/collections/finding/items/[0-9a-f-]*' "$home/page" | head -1 | sed 's/.*\///')
same "what can be done" "$(browser "$url/findings/$id/moves?lang=en")" 200
csrf=$(hidden csrf)
says "what can be done" 'value="dismiss"'
moves=$url/findings/$id/moves
same "a form of another page" "$(browser "$moves" -H 'Origin: https://evil.example' -d "csrf=$csrf" -d verb=dismiss -d note=x)" 403
same "a form without the session's text" "$(browser "$moves" -H "Origin: $url" -d verb=dismiss -d note=x)" 403
same "a form with an empty note" "$(browser "$moves" -H "Origin: $url" -d "csrf=$csrf" -d verb=dismiss -d note=)" 422
says "what it lacks" "<h1>"
same "ours" "$(browser "$moves" -H "Origin: $url" -d "csrf=$csrf" -d verb=dismiss --data-urlencode 'note=nothing & nobody there')" 303
same "and on" "$(header Location)" "$moves"
same "it is done" "$(gp finding list "$station" --json --as Zhao | jq -r '.rows[0].state')" dismissed

# Signing out.
same "who I am" "$(browser "$url/me?lang=en")" 200
says "who I am" "<h1>Zhao</h1>"
same "out" "$(browser "$url/sign-out" -H "Origin: $url" -d "csrf=$(hidden csrf)")" 303
same "findings are gone" "$(browser "$url/collections/finding/items")" 404
echo "pages: fine"
