#!/bin/bash
# fetch.sh: stage 1, the only one with a network. Fills the cache with every locked input, each verified by sha256.
# Exit status 3: the mirror no longer has a locked version.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

date=$(lock_date)
ways="to build this very image, name an archive that keeps old versions: './build.sh image --mirror URL', where {date} in URL
        stands for ${date:-the time of the lock}; give --mirror again for that archive's security part
  hint: to move on, './build.sh lock' prints what changes; review it, and commit it
  hint: to build once from what the mirror has today, './build.sh image --fresh-lock'; it is another image, and says so"
mkdir -p "$INPUTS"
wanted=$(mktemp)
trap 'rm -f "$wanted" "${gone-}"' EXIT

locked '\(build\|target\|kernel\)' | sort -u | while read -r name version arch sha256; do
    [ -e "$INPUTS/$sha256" ] || echo "$name $version $arch $sha256"
done >"$wanted"
if [ -s "$wanted" ]; then
    step "fetching $(wc -l <"$wanted") packages"
    gone=$(mktemp)
    with_archive "$IMAGE/apt/download.sh" "$INPUTS" "$wanted" "$gone" || {
        cat "$gone" >&2
        [ -s "$gone" ] || die "the packages could not be fetched" "is a Debian mirror reachable? try --mirror URL"
        printf '  hint: %s\n' "$ways" >&2
        exit 3
    }
fi

fetch_wheel() { # requirement, sha256, pip options
    local scratch
    scratch=$(mktemp -d "$INPUTS/.wheel.XXXXXX")
    echo "$1 --hash=sha256:$2" >"$scratch/requirement"
    # shellcheck disable=SC2086 # a list of options
    python3 -m pip --quiet --quiet --disable-pip-version-check download --no-deps --no-cache-dir \
        --require-hashes $3 --dest "$scratch" --requirement "$scratch/requirement"
    rm "$scratch/requirement"
    mv "$scratch"/* "$INPUTS/$2"
    rm -r "$scratch"
}
names_in "$LOCKS/wheels.lock" | while read -r requirement sha256 options; do
    [ -e "$INPUTS/$sha256" ] && continue
    step "fetching $requirement"
    fetch_wheel "$requirement" "$sha256" "$options" || die "cannot fetch $requirement" "is the Python package index reachable?"
done

step "verifying every input by sha256"
{ locked '\(build\|target\|kernel\)' | awk '{ print $4 }'; names_in "$LOCKS/wheels.lock" | awk '{ print $2 }'; } |
    sort -u | sed 's/.*/&  &/' | (cd "$INPUTS" && sha256sum --quiet --check --strict) ||
    die "an input in $INPUTS differs from the lock" "delete that file and fetch again; if it repeats, the mirror changed a published version"
