"""What gpgv and gpg say, from their status lines and colon listings to values; nothing else is believed.

gpgv checks the mathematics only. It takes signatures of expired and revoked keys for good, so validity is the trust
list's to decide, at the declared time (`verify`). Sources: GnuPG doc/DETAILS; RFC 9580 sections 5.2.1 and 9.5.
"""

from __future__ import annotations

import re

from strongroom.core.bundle.model import BundleSignature, Certificate, CertificateFingerprint
from strongroom.core.errors import Violation
from strongroom.core.moment import parse_unix
from strongroom.core.text import check_text, render_visible

RULE = "BUNDLE-SIGNATURE"
DOCUMENT_CLASSES = frozenset((0x00, 0x01))
HASHES = {8: "SHA-256", 9: "SHA-384", 10: "SHA-512", 12: "SHA3-256", 14: "SHA3-512"}
RSA, ECDSA, EDDSA, ED25519, ED448 = 1, 19, 22, 27, 28
ALGORITHMS = frozenset((RSA, ECDSA, EDDSA, ED25519, ED448))
RSA_BITS = 2048
USER_ID_CAP = 200

_PREFIX = "[GNUPG:] "
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_VALIDSIG_FIELDS = 10
_BAD = frozenset(("BADSIG", "ERRSIG", "NO_PUBKEY", "FAILURE", "BADARMOR", "NODATA"))


def parse_gpg_status(status: bytes) -> BundleSignature:
    """The one good signature that a gpgv run reported; raises BUNDLE-SIGNATURE for anything else."""
    lines = [
        line.removeprefix(_PREFIX).split()
        for line in status.decode("ascii", "replace").splitlines()
        if line.startswith(_PREFIX)
    ]
    for words in lines:
        if words and words[0] in _BAD:
            shown = render_visible(" ".join(words[:2]))
            raise Violation(RULE, f"gpgv finds the signature bad ({shown})", hint=_HINT)
    valid = [words[1:] for words in lines if words[:1] == ["VALIDSIG"]]
    if len(valid) != 1 or len(valid[0]) < _VALIDSIG_FIELDS:
        raise Violation(
            RULE, f"gpgv reports {len(valid)} whole signatures instead of one", hint=_HINT
        )
    return _parse_valid(valid[0])


_HINT = "have the request approved and written again"


def _parse_valid(words: list[str]) -> BundleSignature:
    primary = words[9]
    if not all(_FINGERPRINT.fullmatch(print_) for print_ in (words[0], primary)):
        raise Violation(RULE, "gpgv names a key that is not of OpenPGP version 4", hint=_HINT)
    try:
        created, expires, algorithm = int(words[2]), int(words[3]), int(words[7])
        kind = int(words[8], 16)
    except ValueError:
        raise Violation(RULE, f"gpgv's report on {primary} can not be read") from None
    if algorithm not in HASHES:
        raise Violation(
            RULE,
            f"the signature of {primary} uses hash algorithm {algorithm}; SHA-256 or better is needed",
            hint=_HINT,
        )
    if kind not in DOCUMENT_CLASSES:
        raise Violation(
            RULE, f"the signature of {primary} is of class 0x{kind:02x} and signs no document"
        )
    return BundleSignature(
        primary=CertificateFingerprint(primary),
        signing_key=CertificateFingerprint(words[0]),
        created=parse_unix(created),
        expires=parse_unix(expires) if expires else None,
        hash_algorithm=algorithm,
        signature_class=kind,
    )


def parse_certificate_listing(colons: bytes) -> Certificate:
    """The one certificate in a listing of `gpg --show-keys --with-colons`; raises CERTIFICATE."""
    records = [line.split(":") for line in colons.decode("utf-8", "replace").splitlines()]
    primaries = [r for r in records if r[0] in {"pub", "sec"}]
    if len(primaries) != 1:
        raise _refuse(f"the file holds {len(primaries)} OpenPGP certificates instead of one")
    if primaries[0][0] == "sec":
        raise _refuse("the file holds a secret key; only the certificate belongs on a stick")
    after = records[records.index(primaries[0]) :]
    fingerprint = next((r[9] for r in after if r[0] == "fpr" and len(r) > 9), "")  # noqa: PLR2004
    if _FINGERPRINT.fullmatch(fingerprint) is None:
        raise _refuse("the certificate is not of OpenPGP version 4")
    primary = primaries[0]
    bits, algorithm = _number(primary[2]), _number(primary[3])
    if algorithm not in ALGORITHMS or (algorithm == RSA and bits < RSA_BITS):
        raise _refuse(
            f"key {fingerprint} is of algorithm {algorithm} with {bits} bits, which is too weak"
        )
    return Certificate(
        fingerprint=CertificateFingerprint(fingerprint),
        user_ids=tuple(_user_id(r[9]) for r in records if r[0] == "uid" and r[1] != "r"),
        created=parse_unix(_number(primary[5])),
        expires=parse_unix(_number(primary[6])) if primary[6] else None,
        revoked=primary[1] == "r",
    )


def _user_id(escaped: str) -> str:
    raw = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found.group(1), 16)), escaped)
    return check_text(raw, where="a name in the certificate", cap=USER_ID_CAP, rule="BUNDLE-TEXT")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise _refuse("gpg's listing can not be read")
    return int(text)


def _refuse(what: str) -> Violation:
    return Violation("CERTIFICATE", what, hint="export it again: gpg --armor --export FINGERPRINT")
