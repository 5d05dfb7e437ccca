#!/bin/bash
# check-bundle.sh BUNDLE CERTIFICATE...: checks a request or response with tar, sha256sum, jq and gpg alone, as
# docs/bundle-format.md says. Prints the digest and who signed; ends with 1 at the first thing that is wrong.
set -euo pipefail
bundle=$(realpath -- "${1:?usage: check-bundle.sh BUNDLE CERTIFICATE...}")
shift
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
refuse() { echo "refused: $1" >&2; exit 1; }

# Container: manifest, PSBT, signatures by name; regular files and nothing else.
mapfile -t members < <(tar --list --verbose --file "$bundle" 2>"$scratch/tar-says" | awk '{print substr($1, 1, 1) $NF}')
[ ! -s "$scratch/tar-says" ] || refuse "tar says: $(head -n 1 "$scratch/tar-says")"
[ "${members[0]-}" = -manifest.json ] || refuse "the first member is not manifest.json"
[ "${members[1]-}" = -transaction.psbt ] || refuse "the second member is not transaction.psbt"
for member in "${members[@]:2}"; do
    [[ $member =~ ^-signatures/[0-9A-F]{40}\.asc$ ]] || refuse "${member:1} has no place in a bundle"
done
printf '%s\n' "${members[@]:2}" | LC_ALL=C sort --check --unique || refuse "signatures are not in order, each once"
tar --extract --file "$bundle" --directory "$scratch" --no-same-owner

# Manifest: one JSON object of a known format, whose every key stands once; it names the PSBT.
manifest=$scratch/manifest.json
jq --exit-status 'type == "object"' "$manifest" >/dev/null || refuse "the manifest is not one JSON object"
jq --stream -c 'select(length == 2) | .[0]' "$manifest" | sort | uniq --repeated | grep -q . && refuse "a key stands twice"
kind=$(jq -r .format "$manifest")
[[ $kind =~ ^strongroom-(request|response)$ ]] || refuse "the format is $kind"
[ "$(jq -r .version "$manifest")" = 1 ] || refuse "the version is not 1"
[ "$(stat -c %s "$scratch/transaction.psbt")" = "$(jq -r .psbt.size "$manifest")" ] || refuse "the PSBT has another size"
named=$(jq -r .psbt.sha256 "$manifest")
echo "$named  $scratch/transaction.psbt" | sha256sum --check --status || refuse "the PSBT has another digest"
[ "$(head -c 5 "$scratch/transaction.psbt" | od -An -tx1 | tr -d ' \n')" = 70736274ff ] || refuse "it is not a PSBT"

# Signatures: good, over the manifest, by the primary key in the member's name.
[ "${#members[@]}" -gt 2 ] || refuse "nobody has signed"
export GNUPGHOME=$scratch/home
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --import "$@" 2>/dev/null || refuse "a certificate does not import"
for member in "${members[@]:2}"; do
    signer=$(basename "${member:1}" .asc)
    status=$(gpg --batch --status-fd 1 --verify "$scratch/${member:1}" "$manifest" 2>/dev/null) || refuse "the signature of $signer is bad"
    # VALIDSIG: ... class is field 11, the primary key's fingerprint field 12, the hash algorithm field 10.
    read -r hash class primary < <(awk '$2 == "VALIDSIG" {print $10, $11, $12}' <<<"$status") || refuse "no signature"
    [ "$primary" = "$signer" ] || refuse "$signer.asc is a signature of $primary"
    [[ $hash =~ ^(8|9|10)$ && $class =~ ^0[01]$ ]] || refuse "the signature of $signer is of a class or hash that does not count"
    echo "signed by $primary"
done
gpgconf --kill all
echo "$kind $(jq -r .request_id "$manifest")"
sha256sum <"$manifest" | cut -d' ' -f1
