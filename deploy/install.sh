#!/bin/sh
# Install the bundle beside this file, without a network: sh install.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wanted=$(cat "$here/PYTHON")
for python in "python$wanted" python3; do
    if command -v "$python" >/dev/null && [ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$wanted" ]; then
        exec "$python" "$here/install.py" "$@"
    fi
done
echo "Python $wanted was not found." >&2
exit 1
