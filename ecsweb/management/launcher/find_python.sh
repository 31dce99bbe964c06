#!/bin/sh
# Prints the path of a Python 3.11 or newer; as root on Debian or Ubuntu it installs one if there is none.
set -u

find_python() {
    for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 python; do
        [ -n "$name" ] || continue
        path=$(command -v "$name" 2>/dev/null) || continue
        if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$path"
            return 0
        fi
    done
    return 1
}

find_python && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "No Python 3.11 or newer here; installing one with apt-get ..." >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends python3 python3-venv >&2
    find_python && exit 0
    apt-get install -y -qq --no-install-recommends python3.11 python3.11-venv >&2
    find_python && exit 0
fi

cat >&2 <<'TEXT'
error: ecsweb needs Python 3.11 or newer, and none was found on PATH.
  Debian, Ubuntu:  sudo apt-get install python3 python3-venv
                   (Ubuntu 22.04: sudo apt-get install python3.11 python3.11-venv)
  macOS:           brew install python@3.13
  elsewhere:       https://www.python.org/downloads/
  Or name one:     make run PYTHON=/path/to/python3
TEXT
# `make` runs what this prints; it must not go on with nothing.
echo false
exit 1
