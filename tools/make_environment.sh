#!/bin/sh
# Make an environment with the first Python that is recent enough:
#     sh tools/make_environment.sh FOLDER PYTHON...
folder=$1
shift

# Debian and Ubuntu split venv from Python. A CI machine may be helped; a reader's is asked first.
install_venv() {
    [ -n "${CI:-}" ] && command -v apt-get >/dev/null || return 1
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    $as_root apt-get update -q && $as_root apt-get install -q -y python3-venv
}

for python in "$@"; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    echo "Making an environment in $folder with $("$python" --version) (once; takes a minute or two) ..."
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install_venv
    "$python" -m venv "$folder" && exit 0
    rm -rf "$folder"
    echo "$python has no venv. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
    exit 1
done

echo "This project needs Python 3.11 or newer, which none of these is: $*" >&2
echo "Install it from https://www.python.org/downloads/ or say where it is:" >&2
echo "    make lab PYTHON=/path/to/python" >&2
exit 1
