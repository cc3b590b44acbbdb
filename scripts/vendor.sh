#!/bin/bash
# vendor.sh LIST FOLDER [OUT] - the files of LIST (api/web/vendor.list) from the npm registry into OUT (else FOLDER), each package held
# against its SHA-512. A package whose archive (NAME-VERSION.tgz) lies in FOLDER already, whole, is not fetched. Another registry: npm_config_registry.
set -euo pipefail
list=$1 folder=$2 out=${3:-$2}
registry=${npm_config_registry:-https://registry.npmjs.org}
registry=${registry%/}
mkdir -p "$folder" "$out"

fetch() { # NAME VERSION: the package's archive on standard output
  curl --fail --silent --show-error --location --connect-timeout 15 --retry 2 "$registry/$1/-/${1##*/}-$2.tgz"
}
digest() { openssl dgst -sha512 -binary "$1" | openssl base64 -A; }

archive=
while read -r first second third; do
  case $first in
    ''|'#'*) continue ;;
  esac
  if [ -n "$third" ]; then # a package
    archive=$folder/${first//\//-}-$second.tgz
    if [ ! -e "$archive" ] || [ "sha512-$(digest "$archive")" != "$third" ]; then
      fetch "$first" "$second" >"$archive.part" || { echo "vendor.sh: $first $second cannot be had from $registry" >&2; exit 1; }
      [ "sha512-$(digest "$archive.part")" = "$third" ] || { echo "vendor.sh: $first $second is not what $list expects: nothing was taken" >&2; exit 1; }
      mv "$archive.part" "$archive"
    fi
  else
    tar -xzOf "$archive" "package/$first" >"$out/$second.part"
    mv "$out/$second.part" "$out/$second"
  fi
done <"$list"
