#!/bin/bash
# http.sh [--seconds N] [--rounds N] [--connections N] [--listeners N] [--build DIR] - what the HTTP door costs: the same answers from bare
# libmicrohttpd (made once, no routing) and through api/http.h, asked by wrk. Both run all the time and take turns; what counts is the
# median of the ratios of two turns side by side. Beside requests a second stands the processor time that each costs the server: that
# is the steadier figure where others work on the same machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=2 rounds=9 connections=16 listeners=2 build=build/release
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --connections) connections=$2; shift 2 ;;
    --listeners) listeners=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    *) echo "http.sh: what is $1?" >&2; exit 2 ;;
  esac
done
command -v wrk >/dev/null || { echo "http.sh: wrk is missing: apt-get install wrk (Debian)" >&2; exit 2; }
for program in http_bare http_ours; do
  [ -x "$build/$program" ] || { echo "http.sh: build it first: cmake --preset release && cmake --build --preset release" >&2; exit 2; }
done
home=$(mktemp -d /tmp/gridpatrol-http-XXXXXX)
"$build/http_bare" "$listeners" >"$home/bare.port" & bare=$!
"$build/http_ours" "$listeners" >"$home/ours.port" & ours=$!
trap 'kill "$bare" "$ours" 2>/dev/null; rm -rf "$home"' EXIT
while [ ! -s "$home/bare.port" ] || [ ! -s "$home/ours.port" ]; do
  kill -0 "$bare" "$ours" || exit 1
  sleep 0.05
done

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }     # hundredths of a second of all its threads

# WHO PATH: requests a second, the 99th percentile in milliseconds and the server's microseconds a request are added to WHO.PATH.
turn() {
  local port pid=$bare before
  [ "$1" = bare ] || pid=$ours
  port=$(cat "$home/$1.port")
  before=$(ticks "$pid")
  wrk -t2 -c"$connections" -d"${seconds}s" --latency "http://127.0.0.1:$port/$2" >"$home/said"
  awk -v ticks=$(($(ticks "$pid") - before)) '
    $1 == "99%" { p = $2; ms = p + 0; if (p ~ /us$/) ms /= 1000; else if (p !~ /ms$/) ms *= 1000 }
    /requests in/ { n = $1 } /Requests\/sec/ { r = $2 } END { print r, ms, ticks * 10000 / n }' "$home/said" >>"$home/$1.$2"
  if grep -qE 'Non-2xx|(connect|read|write|timeout) [1-9]' "$home/said"; then echo "http.sh: $1 /$2 had errors" >&2; fi
}
for round in $(seq "$rounds"); do
  for path in tile empty same; do
    if [ $((round % 2)) = 1 ]; then turn bare $path; turn ours $path; else turn ours $path; turn bare $path; fi
  done
done
median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
column() { awk -v c="$2" '{ print $c }' "$home/$1" | median; }
# PATH COLUMN: the median of ours to bare, turn by turn.
ratio() { paste -d' ' "$home/bare.$1" "$home/ours.$1" | awk -v c="$2" '{ print $(c + 3) / $c }' | median; }
printf '%s\n' "$connections connections, $listeners listeners, medians of $rounds turns of $seconds s ($(nproc) processors, wrk on the same)"
printf '%-6s %10s %10s %7s %9s %9s %8s %8s %7s\n' answer 'bare req/s' 'ours req/s' ratio 'bare p99' 'ours p99' 'bare us' 'ours us' ratio
for path in tile empty same; do
  printf '%-6s %10.0f %10.0f %7.2f %6.2f ms %6.2f ms %8.2f %8.2f %7.2f\n' $path "$(column bare.$path 1)" "$(column ours.$path 1)" "$(ratio $path 1)" \
    "$(column bare.$path 2)" "$(column ours.$path 2)" "$(column bare.$path 3)" "$(column ours.$path 3)" "$(ratio $path 3)"
done
echo "asked: 0.9 of bare's requests a second at least, p99 under 10 ms"
