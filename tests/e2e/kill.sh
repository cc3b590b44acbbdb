#!/bin/bash
# kill.sh - a run that is killed leaves the old output or none, and the next run to the same file is not disturbed by it; one that is ended
# (Ctrl-C and its like) leaves nothing beside it either.
set -u
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# houses NAME COUNT SHIFT: a square of COUNT x COUNT small houses; SHIFT moves every second one by a house, so that much is written.
houses() {
    awk -v n="$2" -v shift="$3" 'BEGIN {
        print "{\"type\":\"FeatureCollection\",\"features\":["
        for (i = 0; i < n * n; i++) {
            x = 117 + (i % n) * 0.0005 + (i % 2) * shift; y = 32 + int(i / n) * 0.0004
            printf "%s{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}",
                (i ? ",\n" : ""), x, y, x + 0.00012, y, x + 0.00012, y + 0.00012, x, y + 0.00012, x, y
        }
        print "]}"
    }' >"$1"
}
# before and after: every second house stands elsewhere, so that there is much to write.
houses before.geojson 40 0
houses after.geojson 40 0.0002

whole() { # whole FILE: as the run that was left in peace wrote it
    cmp -s "$1" "whole.${1##*.}"
}

for ending in gpkg geojson fgb shp; do
    "$GRIDPATROL" diff before.geojson after.geojson -o "whole.$ending" --quiet || fail "the quiet run to .$ending failed"
    caught=0 # killed while writing
    for try in 1 2 3 4; do
        target=target.$ending
        rm -rf "target."* ".target."*
        [ $((try % 2)) = 0 ] && echo "an older result" >"$target"
        "$GRIDPATROL" diff before.geojson after.geojson -o "$target" --quiet 2>/dev/null &
        pid=$!
        while [ ! -d ".$target.part" ] && kill -0 $pid 2>/dev/null; do :; done
        sleep "0.00$((try * try / 4))"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        [ -d ".$target.part" ] && caught=$((caught + 1))
        if [ -e "$target" ] && ! whole "$target"; then
            [ "$(cat "$target" 2>/dev/null)" = "an older result" ] || fail "killed (try $try): $target is neither old nor whole"
        fi
    done
    "$GRIDPATROL" diff before.geojson after.geojson -o "target.$ending" --quiet || fail "the run after the killed ones failed"
    whole "target.$ending" || fail "the run after the killed ones wrote something else"
    [ $caught -gt 0 ] || fail ".$ending: none of the 4 runs was killed while writing"
    [ -z "$(find . -name '.target*')" ] || fail "left behind: $(find . -name '.target*')"
done

# Ended while it compares and while it writes. --default-signal: a shell's background jobs ignore SIGINT.
houses before.geojson 200 0
houses after.geojson 200 0.0002
"$GRIDPATROL" diff before.geojson after.geojson -o large.gpkg --quiet || fail "the large run failed"
for ending in INT TERM HUP; do
    caught=0
    for wait in 0 0.1 0.2 0.4; do
        rm -rf ended.* .ended.*
        [ $wait = 0 ] || echo "an older result" >ended.gpkg
        env --default-signal=$ending "$GRIDPATROL" diff before.geojson after.geojson -o ended.gpkg --quiet 2>/dev/null &
        pid=$!
        while [ ! -d .ended.gpkg.part ] && kill -0 $pid 2>/dev/null; do :; done
        sleep $wait
        kill -$ending $pid 2>/dev/null
        wait $pid
        status=$?
        [ $status = 0 ] && continue # it was done
        caught=$((caught + 1))
        [ $status = $((128 + $(kill -l $ending))) ] || fail "$ending: status $status"
        [ ! -e ended.gpkg ] || cmp -s ended.gpkg large.gpkg || grep -qx "an older result" ended.gpkg || fail "$ending: ended.gpkg is neither old nor whole"
        [ -z "$(find . -name '.ended*')" ] || fail "$ending after $wait s: left behind: $(find . -name '.ended*')"
    done
    [ $caught -gt 0 ] || fail "$ending: none of the runs was ended while it worked"
done
[ $failures = 0 ] && echo "all well" || exit 1
