#!/bin/bash
# layers.sh - holds the house: calls go down (api, core, gis, core/base), each foreign library has one door, commands are
# leaves, and no source grows without end. Prints each offence as FILE:LINE and what it breaks.
set -u
cd "$(dirname "$0")/.."
export LC_ALL=C
bad=0

# RULE FORBIDDEN-INCLUDE-REGEX FILE ... : no include of these files may match.
forbid() {
  local rule=$1 pattern=$2
  shift 2
  [ $# -gt 0 ] || return 0
  if grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" "$@" | sed "s|\$|   <- $rule|" | grep .; then
    bad=1
  fi
}

# The sources under FOLDER ... whose path does not match the doors given as a regex.
others() {
  local doors=$1
  shift
  find "$@" -maxdepth 1 -name '*.[ch]' 2>/dev/null | grep -vE "^($doors)$" | sort
}

gdal='gdal|ogr|cpl_'
all="core core/base core/store gis api"

forbid 'core/base calls nobody'              'gis/|api/|core/([^b]|b[^a])'    $(others - core/base)
forbid 'gis calls core/base only'            'api/|core/([^b]|b[^a])'         $(others - gis)
forbid 'core calls gis and core only'        'api/'                   $(others - core core/store)
forbid 'GDAL is read and written in gis'     "$gdal" \
       $(others 'gis/footprint[a-z_]*\.c|gis/source[a-z_]*\.c|gis/sink[a-z_]*\.c' $all)
forbid 'the door of PROJ is gis/crs'         'proj'                   $(others 'gis/crs[a-z_]*\.c' $all)
forbid 'the door of GEOS is gis/overlay'     'geos'                   $(others 'gis/overlay[a-z_]*\.c' $all)
forbid 'the door of OpenSSL is base/hash'    'openssl/'               $(others 'core/base/hash\.c' $all)
forbid 'the door of libsodium is base/seal and core/secret' 'sodium'  $(others 'core/base/seal\.c|core/secret\.c' $all)
forbid 'the door of zlib and ISA-L is base/gzip' '(zlib|isa-l)'        $(others 'core/base/gzip\.c' $all)
forbid 'the door of jansson is base/json'    'jansson'                $(others 'core/base/json\.c' $all)
forbid 'the door of SQLite is core/store/spatialite' 'sqlite3|spatialite' $(others 'core/store/spatialite[a-z_]*\.c' $all)
forbid 'the door of ICU is core/fold'        'unicode/'               $(others 'core/fold\.c' $all)
forbid 'the door of libmicrohttpd is api/http' 'microhttpd'           $(others 'api/http[a-z_]*\.c' $all)
forbid 'commands are leaves'                 'api/cmd_|cmd_'          $(others - api)

# core/base leans on C and POSIX only.
known='assert|ctype|endian|errno|fcntl|float|inttypes|limits|locale|malloc|math|pthread|sched|signal|std[a-z]+|string|strings|time|unistd|sys/[a-z]+|openssl/evp|jansson|sodium|zlib|isa-l/[a-z_]+'
if grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' core/base/*.[ch] | grep -vE "<($known)\.h>"; then
  echo "   <- core/base needs nothing but libc (OpenSSL in hash.c, jansson in json.c, libsodium in seal.c, zlib and ISA-L in gzip.c)"; bad=1
fi

for f in $(others - $all tests/base tests/gis tests/core tests/api tests/bench tests/fuzz | grep '\.c$'); do
  lines=$(wc -l <"$f")
  [ "$lines" -le 600 ] || { echo "$f:$lines   <- more than 600 lines: it tells more than one story"; bad=1; }
done
[ "$bad" = 0 ] && echo "layers: the house stands"
exit $bad
