# shellcheck shell=bash disable=SC2034
# What every host-side script of the image shares: where things are, how progress and errors look.

IMAGE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
REPOSITORY=$(dirname -- "$IMAGE")
CACHE=${STRONGROOM_CACHE:-$HOME/.cache/strongroom}
INPUTS=$CACHE/inputs
LOCKS=${STRONGROOM_LOCKS:-$IMAGE}
WORK=${STRONGROOM_WORK:-$CACHE}
# shellcheck source=image/image.env
source "$IMAGE/image.env"
: "${STRONGROOM_STARTED:=$(date +%s)}"
export STRONGROOM_STARTED
umask 022

# step TEXT: one progress line with the time since the start.
step() {
    local elapsed=$(($(date +%s) - STRONGROOM_STARTED))
    printf '==> %s (%d:%02d)\n' "$1" $((elapsed / 60)) $((elapsed % 60)) >&2
}

# die WHAT HINT: stops with what is wrong and what to do about it.
die() {
    printf 'error: %s\n  hint: %s\n' "$1" "$2" >&2
    exit 1
}

# names_in LIST: the first word of every line that names something, comments left out.
names_in() {
    sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$1"
}

# locked ROOT: the lines of a root (build, target, kernel) in the lock, without the root's name.
locked() {
    cat "$LOCKS"/debs.lock "$LOCKS"/kernel.lock | sed -n "s/^$1 //p"
}

# alone NAME: waits until no other script of ours holds the lock NAME; it is let go when this one ends.
alone() {
    mkdir -p "$CACHE"
    exec 9>"$CACHE/.$1.lock"
    flock 9
}

# as_root COMMAND...: root for real, or root of a private user namespace.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else unshare --map-root-user -- "$@"; fi
}

# lock_date: when the lock was resolved, in the form of archives that keep old versions (20261125T195900Z).
lock_date() {
    sed -n 's/^# What the archive had at \(.*\)\.$/\1/p' "$LOCKS/debs.lock" 2>/dev/null || true
}

# mirrors: what STRONGROOM_MIRROR names, as apt wants it. One URL a line; one with "security" in it is of that archive. In
# a URL, {date} stands for the time that the lock was resolved at. A whole line for apt, "deb ...", stays as it is.
mirrors() {
    local url date
    date=$(lock_date)
    while IFS= read -r url; do
        url=${url//\{date\}/$date}
        case $url in
            "") ;;
            "deb "*) echo "$url" ;;
            *security*) echo "deb [check-valid-until=no] $url $SUITE-security main" ;;
            *) printf 'deb [check-valid-until=no] %s %s main\n' "$url" "$SUITE" "$url" "$SUITE-updates" ;;
        esac
    done <<<"${STRONGROOM_MIRROR-}"
}

# with_archive SCRIPT ARGUMENT...: runs SCRIPT with apt pointed at an empty system of our suite.
with_archive() {
    local scratch hook sources
    scratch=$(mktemp -d)
    mapfile -t sources < <(mirrors)
    hook=$(printf '%q ' "$@")
    if ! as_root mmdebstrap --mode=root --variant=custom --quiet \
        --aptopt='APT::Sandbox::User "root"' --aptopt='APT::Install-Recommends "false"' \
        --customize-hook="APT_CONFIG=\$MMDEBSTRAP_APT_CONFIG $hook" \
        "$SUITE" "$scratch/root" "${sources[@]}" \
        2> >(grep -v -e 'skipping mounting' -e 'command failed: APT_CONFIG' -e 'mmdebstrap failed to run' >&2); then
        rm -rf "$scratch"
        return 1
    fi
    rm -rf "$scratch"
}
