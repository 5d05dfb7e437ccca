#!/bin/bash
# run.sh [PYTEST ARGUMENT...]: makes sure of the ISO, then runs every test that is not marked slow.
set -euo pipefail
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository"

# A test run may not fail because the mirror has moved on: it then builds from a fresh lock, and says so.
./build.sh image --or-fresh-lock
if [ "$#" = 0 ]; then set -- -m "not slow"; fi
exec tests/venv.sh python -m pytest "$@"
