#!/bin/bash
# venv.sh COMMAND...: runs COMMAND with the locked Python packages of the companion and the tests, in a virtual
# environment in the cache that is made once for each state of the lock.
set -euo pipefail
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
lock=$tests/requirements.lock
cache=${STRONGROOM_CACHE:-$HOME/.cache/strongroom}
"$tests/../image/prepare-host.sh" "$tests/host-packages.list"
python=${PYTHON:-python3}
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
mkdir -p "$cache"
venv=$cache/venv-$version-$(sha256sum "$lock" | cut -c1-16)

exec 9>"$cache/venv.lock" # two runs at once make it once
flock 9
if [ ! -e "$venv/complete" ]; then
    echo "==> installing the locked Python packages into $venv" >&2
    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip --quiet --quiet --disable-pip-version-check install --require-hashes --requirement "$lock"
    touch "$venv/complete"
fi
exec 9>&-
export PATH=$venv/bin:$PATH:/usr/sbin:/sbin PYTHONPATH=$tests/../app
exec "$@"
