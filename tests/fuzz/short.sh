#!/bin/sh
# short.sh HARNESS CORPUS - a short libFuzzer run that leaves the corpus as it is. For a long one: HARNESS DIR yourself.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/found" "$work/seeds"
for seed in "$2"/*; do
  case $seed in
    *.hex) sed 's/#.*//' "$seed" | tr -cd '0-9a-fA-F' | sed 's/../\\x&/g' | xargs -0 printf '%b' >"$work/seeds/${seed##*/}" ;;
    *) [ ! -f "$seed" ] || cp "$seed" "$work/seeds/" ;;
  esac
done
"$1" -seed=1 -runs=20000 -max_total_time=60 -artifact_prefix="$work/" "$work/found" "$work/seeds"
