#!/bin/bash
# make-keys.sh: in the build root. Leaves PK, KEK and db in /work: key and certificate for signing (.key, .crt), and the
# certificate as firmware menus (.cer), key tools (.esl) and signed updates (.auth) want it.
set -euo pipefail
umask 077
cd /work
owner=$(cat /proc/sys/kernel/random/uuid)
for name in PK KEK db; do
    # RSA of 2048 bits and SHA-256: what every firmware with Secure Boot has to know
    openssl req -quiet -x509 -newkey rsa:2048 -noenc -sha256 -days 7300 -subj "/CN=Strongroom owner $name ${owner%%-*}/" \
        -keyout "$name.key" -out "$name.crt"
    openssl x509 -in "$name.crt" -outform DER -out "$name.cer"
    cert-to-efi-sig-list -g "$owner" "$name.crt" "$name.esl"
done
update() { # NAME SIGNER: an update of NAME's variable that SIGNER allows
    sign-efi-sig-list -g "$owner" -k "$2.key" -c "$2.crt" "$1" "$1.esl" "$1.auth" >/dev/null
}
update PK PK
update KEK PK
update db KEK
# an empty PK, signed by the old one, puts the firmware back into setup mode
: >none.esl
sign-efi-sig-list -g "$owner" -k PK.key -c PK.crt PK none.esl remove-PK.auth >/dev/null
rm none.esl
chmod 0644 ./*.crt ./*.cer ./*.esl ./*.auth
