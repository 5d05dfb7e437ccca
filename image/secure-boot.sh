#!/bin/bash
# secure-boot.sh keys FOLDER: new keys of an owner, with what firmware wants to be told of them.
# secure-boot.sh sign KEY [ISO]: ISO (out/strongroom.iso) with its UEFI loader signed by KEY, beside it as NAME.signed.iso.
# secure-boot.sh unsign ISO: takes the signature off again, and compares with out/strongroom.iso if that is there.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
export SOURCE_DATE_EPOCH STRONGROOM_SOURCE=$REPOSITORY STRONGROOM_INPUTS=$INPUTS STRONGROOM_LOCKS=$LOCKS

inside() { # WORK SCRIPT ARGUMENT...
    local work=$1 script=$2
    shift 2
    as_root "$IMAGE/enter.sh" "$("$IMAGE/build-root.sh")" "$work" "/source/image/secure-boot/$script" "$@" >&2
}

new_work() { # ISO
    [ -f "$1" ] || die "there is no $1" "make it with './build.sh image'"
    work=$(mktemp -d "$WORK/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cp "$1" "$work/strongroom.iso"
}

make_keys() {
    local folder=$1
    (umask 077 && mkdir -p "$folder")
    [ -z "$(ls -A "$folder")" ] || die "$folder is not empty" "keys that are overwritten are gone; name a new folder"
    inside "$(cd "$folder" && pwd)" make-keys.sh || die "the keys could not be made" "what went wrong stands above"
    step "PK, KEK and db are in $folder. Sign with './build.sh image --sign $folder/db.key'; docs/secure-boot.md says the rest"
}

sign() {
    local key=$1 iso=${2:-$REPOSITORY/out/strongroom.iso} certificate
    [ -f "$key" ] || die "there is no key $key" "make keys with './build.sh keys FOLDER'"
    certificate=${key%.*}.crt
    [ -f "$certificate" ] || die "there is no certificate $certificate" "it stands beside the key, in PEM form"
    local signed=${iso%.iso}.signed.iso
    new_work "$iso"
    step "signing $iso with $key"
    STRONGROOM_KEYS=$(cd "$(dirname "$key")" && pwd) inside "$work" sign-iso.sh "$(basename "$key")" "$(basename "$certificate")" ||
        die "$iso could not be signed" "what went wrong stands above; $signed was not written"
    mv "$work/strongroom.iso" "$signed"
    (cd "$(dirname "$signed")" && sha256sum "$(basename "$signed")" >"$(basename "$signed").sha256")
    step "$signed: sha256 $(cut -c1-64 "$signed.sha256")"
}

unsign() {
    local iso=$1 digest built=$REPOSITORY/out/strongroom.iso
    new_work "$iso"
    inside "$work" unsign-iso.sh || die "no signature could be taken off $iso" "what went wrong stands above"
    digest=$(sha256sum "$work/strongroom.iso" | cut -c1-64)
    echo "$digest"
    [ ! -f "$built" ] || cmp --silent "$work/strongroom.iso" "$built" ||
        die "without its signature $iso is not out/strongroom.iso" "was it made from this commit? its sha256 stands above"
    step "without its signature $iso has the sha256 above$([ ! -f "$built" ] || echo ", and is out/strongroom.iso")"
}

case ${1-} in
    keys) make_keys "${2:?keys needs a folder}" ;;
    sign) sign "${2:?sign needs a key}" "${@:3}" ;;
    unsign) unsign "${2:?unsign needs an ISO}" ;;
    *) die "unknown command ${1-}" "secure-boot.sh knows keys, sign and unsign" ;;
esac
