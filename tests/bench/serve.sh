#!/bin/bash
# serve.sh [--buildings N] [--seconds N] [--rounds N] [--connections N] [--keep DIR] [--build DIR] [--alone] - how fast `serve` answers, beside
# MapServer and QGIS Server over the same buildings (FastCGI, two processes each, behind lighttpd; MapServer from FlatGeobuf and from an
# indexed GeoPackage, whichever is faster), a bare libmicrohttpd with the same body and a bare SQLite R*Tree loop. All of them run all the
# time and take turns; wrk asks, on the same processors. What counts are the ratios and the processor time a request costs us.
#
# Needs Debian's wrk, sqlite3, gdal-bin, jq, curl; and cgi-mapserver, qgis-server, python3-qgis, lighttpd but with --alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
buildings=100000 seconds=3 rounds=5 connections=16 keep= build=build/release alone=
while [ $# -gt 0 ]; do
  case $1 in
    --buildings) buildings=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --connections) connections=$2; shift 2 ;;
    --keep) keep=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    --alone) alone=1; shift ;;
    *) echo "serve.sh: what is $1?" >&2; exit 2 ;;
  esac
done
for tool in wrk sqlite3 ogr2ogr jq curl ${alone:-lighttpd mapserv /usr/lib/cgi-bin/qgis_mapserv.fcgi}; do
  [ "$tool" = 1 ] || command -v "$tool" >/dev/null || { echo "serve.sh: $tool is missing: see the first lines of this file" >&2; exit 2; }
done
for program in gridpatrol city http_bare rtree_bare; do
  [ -x "$build/$program" ] || { echo "serve.sh: build it first: cmake --preset release && cmake --build --preset release" >&2; exit 2; }
done
home=${keep:-$(mktemp -d /tmp/gridpatrol-serve-bench-XXXXXX)}
mkdir -p "$home"
pids=
trap 'for p in $pids; do pkill -P "$p" 2>/dev/null || true; kill "$p" 2>/dev/null || true; done; wait 2>/dev/null; [ -n "$keep" ] || rm -rf "$home"' EXIT

# --- The station, and what is asked -------------------------------------------------------------------------------------------------

if [ ! -d "$home/station" ]; then
  "$build/city" make --out "$home" --buildings "$buildings" --format gpkg --seed 7 >/dev/null
  crs=EPSG:$(ogrinfo -so -al "$home/before.gpkg" | grep -o 'ID\["EPSG",[0-9]*\]\]$' | tail -1 | tr -dc 0-9)
  rm -rf "$home/draft"
  "$build/gridpatrol" init "$home/draft" --district 320612 --name 通州区 --crs "$crs" --quiet >/dev/null
  "$build/gridpatrol" load "$home/draft" building "$home/before.gpkg" 2>/dev/null
  mv "$home/draft" "$home/station"
fi
database=$home/station/gridpatrol.sqlite
ask() { sqlite3 -readonly -separator ' ' "$database"; }
ask >"$home/some" <<SQL
SELECT b.id, b.source_id, i.xmin, i.ymin FROM building b JOIN idx_building_geom i ON i.pkid = b.fid WHERE b.fid IN (SELECT abs(random()) % $buildings + 1 FROM building LIMIT 2000);
SQL
half=0.001                                                    # of a box that holds 64 buildings on the average
for _ in 1 2 3 4; do
  mean=$(awk -v h=$half 'NR % 20 == 0 { printf "SELECT count(*) FROM idx_building_geom WHERE xmax >= %.7f AND xmin <= %.7f AND ymax >= %.7f AND ymin <= %.7f;\n",
    $3 - h, $3 + h, $4 - h, $4 + h }' "$home/some" | ask | awk '{ s += $1 } END { print s / NR }')
  half=$(awk -v h=$half -v m="$mean" 'BEGIN { print h * sqrt(64 / m) }')
done
# PATTERN: a path for each of the buildings; W S E N, X Y of the tile of zoom 16 and ID stand for what they say.
paths() {
  awk -v h="$half" -v p="$1" '{ pi = atan2(0, -1); n = 2 ^ 16; l = $4 * pi / 180; s = p
    gsub("BOX", sprintf("%.7f,%.7f,%.7f,%.7f", $3 - h, $4 - h, $3 + h, $4 + h), s); gsub("UUID", $1, s); gsub("NAME", $2, s); gsub("NUMBER", NR, s)
    gsub("COLUMN", int(($3 + 180) / 360 * n), s); gsub("ROW", int((1 - log(sin(l) / cos(l) + 1 / cos(l)) / pi) / 2 * n), s); print s }' "$home/some"
}
paths '/collections/building/items?limit=1000&bbox=BOX' >"$home/ours.box"
paths '/collections/building/items/UUID' >"$home/ours.item"
paths '/collections/building/tiles/WebMercatorQuad/16/ROW/COLUMN' >"$home/ours.tile"
head -1 "$home/ours.tile" >"$home/ours.kept"
cp "$home/ours.kept" "$home/ours.same"

# --- Who is asked -------------------------------------------------------------------------------------------------------------------

# NAME OPTION...: the service, and its port in NAME.port
service() {
  local name=$1; shift
  local begun; begun=$(date +%s%N)
  : >"$home/$name.log"
  "$build/gridpatrol" serve "$home/station" --listen 127.0.0.1:0 --rate 1000000 --log-level none "$@" 2>"$home/$name.log" & pids="$pids $!"
  echo $! >"$home/$name.pid"
  until grep -qo 'http://[0-9.:]*' "$home/$name.log"; do sleep 0.01; done
  sed -n 's|.*http://[0-9.]*:\([0-9]*\).*|\1|p' "$home/$name.log" >"$home/$name.port"
  curl -sS --fail -o /dev/null "http://127.0.0.1:$(cat "$home/$name.port")/"
  echo "$name: the first answer came $((($(date +%s%N) - begun) / 1000000)) ms after the start"
}
# NAME: until it has the buildings in memory, which whoever asks first sets going.
await_features() {
  local at; at=http://127.0.0.1:$(cat "$home/$1.port")
  curl -sS --fail -o /dev/null "$at$(head -1 "$home/ours.box")"
  for _ in $(seq 600); do
    if curl -sS "$at/metrics" | grep -q '^gridpatrol_feature_cache_views [1-9]'; then return; fi
    sleep 0.1
  done
  echo "serve.sh: $1 has no features in memory: the store is measured" >&2
}
service ours
service uncached --tile-cache 0.001
for who in ours uncached; do await_features $who; done
port=$(cat "$home/ours.port")
tag=$(curl -sS -o "$home/tile.gz" -D - -H 'Accept-Encoding: gzip' "http://127.0.0.1:$port$(cat "$home/ours.kept")" | tr -d '\r' | sed -n 's/^ETag: //Ip')
"$build/http_bare" 2 "$home/tile.gz" >"$home/bare.port" & pids="$pids $!"
echo $! >"$home/bare.pid"
echo /tile >"$home/bare.kept"
echo /same >"$home/bare.same"

others() {
  rm -f "$home"/others.*
  ogr2ogr -q -t_srs EPSG:4326 "$home/others.fgb" "$home/before.gpkg" -nln fgb
  ogr2ogr -q -t_srs EPSG:4326 "$home/others.gpkg" "$home/before.gpkg" -nln pkg
  sqlite3 "$home/others.gpkg" 'CREATE INDEX pkg_id ON pkg (id)'
  map_layer() {
    printf 'LAYER NAME "%s" TYPE POLYGON TEMPLATE "void" STATUS ON CONNECTIONTYPE %s %s DATA "%s" PROCESSING "CLOSE_CONNECTION=DEFER"\n' "$1" "$2" "$3" "$4"
    printf 'METADATA "ows_title" "%s" "gml_featureid" "id" "gml_include_items" "all" "oga_max_limit" "10000" END PROJECTION "EPSG:4326" END CLASS STYLE COLOR 200 0 0 END END END\n' "$1"
  }
  {
    echo 'MAP NAME "bench" STATUS ON SIZE 512 512 EXTENT -180 -90 180 90 UNITS DD PROJECTION "EPSG:4326" END'
    echo 'WEB METADATA "ows_enable_request" "*" "ows_title" "bench" "ows_srs" "EPSG:4326 EPSG:3857" "oga_onlineresource" "http://127.0.0.1/ms" END END'
    echo 'OUTPUTFORMAT NAME "mvt" DRIVER "MVT" FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=64" END'
    map_layer fgb FLATGEOBUF "" "$home/others.fgb"
    map_layer pkg OGR "CONNECTION \"$home/others.gpkg\"" pkg
    echo END
  } >"$home/bench.map"
  printf 'CONFIG ENV MS_MAP_PATTERN "." END MAPS BENCH "%s" END END\n' "$home/bench.map" >"$home/mapserver.conf"
  QT_QPA_PLATFORM=offscreen /usr/bin/python3 - "$home" 2>/dev/null <<'PYTHON'
import sys
from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
project, layer = QgsProject.instance(), QgsVectorLayer(sys.argv[1] + '/others.gpkg|layername=pkg', "pkg", "ogr")
project.addMapLayer(layer)
project.writeEntry('WFSLayers', '/', [layer.id()])
sys.exit(0 if project.write(sys.argv[1] + '/bench.qgs') else 1)
PYTHON
  local lighttpd_port=8195
  cat >"$home/lighttpd.conf" <<CONF
server.document-root = "$home"
server.port = $lighttpd_port
server.bind = "127.0.0.1"
server.modules = ( "mod_fastcgi" )
server.max-keep-alive-requests = 1000000
fastcgi.server = (
  "/ms" => (( "bin-path" => "$(command -v mapserv)", "socket" => "$home/ms.sock", "check-local" => "disable", "min-procs" => 2, "max-procs" => 2,
    "fix-root-scriptname" => "enable", "bin-environment" => ( "MAPSERVER_CONFIG_FILE" => "$home/mapserver.conf" ) )),
  "/qgis" => (( "bin-path" => "/usr/lib/cgi-bin/qgis_mapserv.fcgi", "socket" => "$home/qgis.sock", "check-local" => "disable", "min-procs" => 2,
    "max-procs" => 2, "bin-environment" => ( "QGIS_PROJECT_FILE" => "$home/bench.qgs", "QGIS_SERVER_LOG_LEVEL" => "2", "QT_QPA_PLATFORM" => "offscreen",
    "HOME" => "$home", "QGIS_SERVER_API_WFS3_MAX_LIMIT" => "10000" ) )))
CONF
  lighttpd -f "$home/lighttpd.conf" -D >"$home/lighttpd.log" 2>&1 & pids="$pids $!"
  sleep 3
  for source in fgb pkg; do
    echo "$lighttpd_port" >"$home/ms_$source.port"
    paths "/ms/BENCH/ogcapi/collections/$source/items?f=json&limit=1000&bbox=BOX" >"$home/ms_$source.box"
    paths "/ms?map=BENCH&mode=tile&tilemode=gmap&tile=COLUMN+ROW+16&layers=$source&map.imagetype=mvt" >"$home/ms_$source.tile"
  done
  paths "/ms/BENCH/ogcapi/collections/pkg/items/NAME?f=json" >"$home/ms_pkg.item"
  echo "$lighttpd_port" >"$home/qgis.port"
  paths '/qgis/wfs3/collections/pkg/items.json?limit=1000&bbox=BOX' >"$home/qgis.box"
  paths '/qgis/wfs3/collections/pkg/items/NUMBER.json' >"$home/qgis.item"
}
rm -f "$home"/ms_fgb.* "$home"/ms_pkg.* "$home"/qgis.*          # of a run before
[ -n "$alone" ] || others

# --- Turns --------------------------------------------------------------------------------------------------------------------------

ticks() { [ -e "$home/$1.pid" ] && awk '{ print $14 + $15 }' "/proc/$(cat "$home/$1.pid")/stat" || echo 0; }
# WHO WHAT [PATHS]: requests a second, 99th percentile in ms and our microseconds a request are added to WHO.WHAT.turns.
turn() {
  local who=$1 what=$2 before; shift 2
  before=$(ticks "$who")
  PATHS=${1:-$home/$who.$what} wrk -t2 -c"$connections" -d"${seconds}s" --timeout 20s --latency -s tests/bench/serve.lua "http://127.0.0.1:$(cat "$home/$who.port")/" >"$home/said"
  awk -v ticks=$(($(ticks "$who") - before)) '
    $1 == "99%" { p = $2; ms = p + 0; if (p ~ /us$/) ms /= 1000; else if (p !~ /ms$/) ms *= 1000 }
    /requests in/ { n = $1 } /Requests\/sec/ { r = $2 } END { print r, ms, (n > 0 ? ticks * 10000 / n : 0) }' "$home/said" >>"$home/$who.$what.turns"
  if grep -qE 'Non-2xx|(connect|read|write|timeout) [1-9]' "$home/said"; then grep -E 'Non-2xx|timeout' "$home/said" | sed "s/^/serve.sh: $who $what: /" >&2; fi
}
rm -f "$home"/*.turns
export ACCEPT=gzip
turn ours tile >/dev/null                                       # so that what is kept is kept
rm -f "$home"/*.turns
for _ in $(seq "$rounds"); do
  for what in box item; do
    for who in ours ms_fgb ms_pkg qgis; do [ ! -e "$home/$who.$what" ] || turn $who $what; done
  done
  turn uncached packed "$home/ours.tile"
  unset ACCEPT                                                  # nobody packs
  turn uncached tile "$home/ours.tile"
  for who in ms_fgb ms_pkg; do [ ! -e "$home/$who.tile" ] || turn $who tile; done
  export ACCEPT=gzip
  turn ours kept; turn bare kept
  export TAG="$tag"; turn ours same; turn bare same; unset TAG
  "$build/rtree_bare" "$database" "$home/ours.box" "$seconds" | awk '{ print $1, 0, 0 }' >>"$home/rtree.box.turns"
done

# --- What came of it ----------------------------------------------------------------------------------------------------------------

median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
column() { awk -v c="$2" '{ print $c }' "$home/$1.turns" | median; }
row() {   # WHAT WHO: its figures, and how many times ours is that
  [ -e "$home/$2.turns" ] || return 0
  local times; times=$(paste -d' ' "$home/$1.turns" "$home/$2.turns" | awk '{ print $1 / $4 }' | median)
  printf '%-18s %10.0f %9.2f %9.1f %9.2f\n' "$2" "$(column "$2" 1)" "$(column "$2" 2)" "$(column "$2" 3)" "$times"
}
echo "$buildings buildings, $connections connections, medians of $rounds turns of $seconds s ($(nproc) processors, wrk on the same)"
printf '%-18s %10s %9s %9s %9s\n' 'who.what' 'req/s' 'p99 ms' 'cpu us' 'ours is'
for who in ours ms_fgb ms_pkg qgis rtree; do row ours.box $who.box; done
for who in ours ms_pkg qgis; do row ours.item $who.item; done
for who in uncached ms_fgb ms_pkg; do row uncached.tile $who.tile; done
row uncached.tile uncached.packed
for who in ours bare; do row ours.kept $who.kept; done
for who in ours bare; do row ours.same $who.same; done
awk '/RssAnon/ { own = $2 } /RssFile/ { file = $2 } END { printf "memory of the service: %d MB of its own, %d MB of files it has mapped\n", own / 1024, file / 1024 }' \
  "/proc/$(cat "$home/ours.pid")/status"
echo "asked: box and item 25 times the best of the others, tile 10 times, kept and same 0.5 of bare, p99 under 10 ms, 500 MB at a million"
