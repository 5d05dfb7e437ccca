"""What gpgv and gpg say, from their status lines and colon listings to values; nothing else is believed.

Only what is known is let through: a line, field or algorithm that is not expected here refuses the
signature or certificate. gpgv checks the mathematics, the binding of a subkey and its own signature on that,
and takes signatures of expired keys for good, and of keys that did not exist yet. So the very key that signed
is looked up in its certificate here (`key_of`), and whether it and the person count at the declared time is
decided in `verify`. Sources: GnuPG doc/DETAILS; RFC 9580 sections 5.2.1, 5.2.3.10, 9.1 and 9.5.
"""

from __future__ import annotations

import re
from datetime import datetime

from strongroom.core.bundle.model import (
    BundleSignature,
    Certificate,
    CertificateFingerprint,
    CertificateKey,
    OpenpgpReport,
)
from strongroom.core.errors import Violation
from strongroom.core.moment import parse_unix, render_moment
from strongroom.core.text import check_text, render_visible

RULE = "BUNDLE-SIGNATURE"
DOCUMENT_CLASSES = frozenset((0x00, 0x01))
HASHES = {8: "SHA-256", 9: "SHA-384", 10: "SHA-512", 12: "SHA3-256", 14: "SHA3-512"}
RSA, ECDSA, EDDSA, ED25519, ED448 = 1, 19, 22, 27, 28
ALGORITHMS = frozenset((RSA, ECDSA, EDDSA, ED25519, ED448))
RSA_BITS = 2048
USER_IDS_CAP, USER_ID_CAP = 16, 200

_PREFIX = "[GNUPG:] "
# Expiry by gpgv's clock says nothing on a machine without one; the dates of key and trust list do.
_VERDICTS = frozenset(("GOODSIG", "EXPSIG", "EXPKEYSIG"))
_ASIDES = frozenset(
    (
        "KEY_CONSIDERED",
        "SIG_ID",
        "KEYEXPIRED",
        "SIGEXPIRED",
        "VERIFICATION_COMPLIANCE_MODE",
        "NOTATION_NAME",
        "NOTATION_FLAGS",
        "NOTATION_DATA",
        "POLICY_URL",
    )
)
_VALIDSIG = re.compile(
    r"VALIDSIG (?P<signer>[0-9A-F]{40}) [0-9-]{10} (?P<created>[0-9]{1,10}) (?P<expires>[0-9]{1,10})"
    r" 4 [0-9]+ (?P<algorithm>[0-9]{1,3}) (?P<hash>[0-9]{1,3}) (?P<kind>[0-9a-f]{2})"
    r" (?P<primary>[0-9A-F]{40})"
)
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_HINT = "have the request approved and written again"
_FIELDS = 12


def parse_gpg_status(status: bytes) -> BundleSignature:
    """The one good signature that a gpgv run reported; raises BUNDLE-SIGNATURE for anything else."""
    lines = status.decode("ascii", "replace").split("\n")
    if lines.pop() or not all(line.startswith(_PREFIX) for line in lines):
        raise _bad("gpgv's report is cut off or mixed with something else")
    reports = [line.removeprefix(_PREFIX) for line in lines]
    words = [report.partition(" ")[0] for report in reports]
    for word, report in zip(words, reports, strict=True):
        if word not in _VERDICTS | _ASIDES | {"NEWSIG", "VALIDSIG"}:
            raise _bad(f"gpgv finds the signature bad ({render_visible(_brief(word, report))})")
    verdicts = [report for word, report in zip(words, reports, strict=True) if word in _VERDICTS]
    if not len(verdicts) == words.count("NEWSIG") == words.count("VALIDSIG") == 1:
        raise _bad(
            f"gpgv reports {words.count('VALIDSIG')} valid and {words.count('NEWSIG')} signatures"
            " instead of one"
        )
    return _parse_valid(reports[words.index("VALIDSIG")], key_id=verdicts[0].split(" ")[1])


def parse_report(report: OpenpgpReport) -> tuple[BundleSignature, CertificateKey]:
    """A good signature and the key that made it; raises BUNDLE-SIGNATURE, and CERTIFICATE for a bad listing."""
    signature = parse_gpg_status(report.status)
    return signature, key_of(signature, parse_certificate_listing(report.listing))


def key_of(signature: BundleSignature, certificate: Certificate) -> CertificateKey:
    """The key in `certificate` that made `signature`, and is there to sign.

    Raises BUNDLE-SIGNATURE for a key that is not there, revoked, or for other use.
    """
    made = next((k for k in certificate.keys if k.fingerprint == signature.signing_key), None)
    if made is None or certificate.fingerprint != signature.primary:
        raise _bad(
            f"{signature.signing_key} is no valid key of the certificate {certificate.fingerprint}"
        )
    if not made.may_sign:
        raise _bad(f"{made.fingerprint} is a key of {certificate.fingerprint}, and not for signing")
    return made


def check_lifetime(signature: BundleSignature, key: CertificateKey) -> None:
    """BUNDLE-CLOCK: a person's signature is not from before its key was made, nor after it expired.

    A station's own signatures have the time of a clock that nobody trusts, and are not held to this.
    """
    if signature.created < key.created:
        raise _untimely(signature, f"before key {key.fingerprint} was made", key.created)
    if key.expires is not None and signature.created >= key.expires:
        raise _untimely(signature, f"after key {key.fingerprint} expired", key.expires)


def _untimely(signature: BundleSignature, what: str, moment: datetime) -> Violation:
    signed = render_moment(signature.created)
    message = f"the signature is of {signed}, {what}, at {render_moment(moment)}"
    return Violation("BUNDLE-CLOCK", message, hint=_HINT)


def _brief(word: str, report: str) -> str:
    # A user id ends the verdicts on keys; what a stranger wrote there is not repeated.
    return " ".join(report.split(" ")[:2]) if word.endswith("SIG") else report


def _parse_valid(report: str, *, key_id: str) -> BundleSignature:
    found = _VALIDSIG.fullmatch(report)
    if found is None:
        raise _bad(f"gpgv's report {render_visible(report)!r} is not on a version 4 signature")
    signer, primary = found["signer"], found["primary"]
    if len(key_id) < 16 or not signer.endswith(key_id):  # noqa: PLR2004 - a long key id
        raise _bad(f"gpgv's verdict on key {render_visible(key_id)} is not on {signer}")
    algorithm, hash_algorithm, kind = int(found["algorithm"]), int(found["hash"]), found["kind"]
    if algorithm not in ALGORITHMS:
        raise _bad(f"the signature of {primary} is of public-key algorithm {algorithm}")
    if hash_algorithm not in HASHES:
        raise _bad(
            f"the signature of {primary} uses hash algorithm {hash_algorithm}; SHA-256 or better"
            " is needed"
        )
    if int(kind, 16) not in DOCUMENT_CLASSES:
        raise _bad(f"the signature of {primary} is of class 0x{kind} and signs no document")
    expires = int(found["expires"])
    return BundleSignature(
        primary=CertificateFingerprint(primary),
        signing_key=CertificateFingerprint(signer),
        created=parse_unix(int(found["created"])),
        expires=parse_unix(expires) if expires else None,
        hash_algorithm=hash_algorithm,
        signature_class=int(kind, 16),
    )


def parse_certificate_listing(colons: bytes) -> Certificate:
    """The one certificate in a listing of `gpg --show-keys --with-colons`; raises CERTIFICATE.

    Names that the key itself did not sign, or took back, are left out; a certificate without a name
    or without a key that signs is refused, and so is one with any weak key that could sign.
    """
    try:
        lines = colons.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise _refuse("a name in the certificate is not UTF-8") from None
    records = [(*line.split(":"), *("",) * _FIELDS) for line in lines]
    primaries = [r for r in records if r[0] in {"pub", "sec"}]
    if len(primaries) != 1:
        raise _refuse(f"the file holds {len(primaries)} OpenPGP certificates instead of one")
    primary = primaries[0]
    if primary[0] == "sec":
        raise _refuse("the file holds a secret key; only the certificate belongs on a stick")
    fingerprint = next((r[9] for r in records[records.index(primary) :] if r[0] == "fpr"), "")
    if _FINGERPRINT.fullmatch(fingerprint) is None:
        raise _refuse("the certificate is not of OpenPGP version 4")
    keys = _keys(records, fingerprint)
    # gpg 2.4 lists names without a signature of the key, too; it can not date them.
    names = [r[9] for r in records if r[0] == "uid" and r[1] not in {"r", "i"} and r[5]]
    revoked = primary[1] == "r"
    if not revoked and not 1 <= len(names) <= USER_IDS_CAP:
        raise _refuse(f"key {fingerprint} signs {len(names)} names of its own, not 1 to 16")
    return Certificate(
        fingerprint=CertificateFingerprint(fingerprint),
        user_ids=tuple(_user_id(name) for name in names),
        created=parse_unix(_number(primary[5])),
        expires=keys[0].expires,
        revoked=revoked,
        keys=() if revoked else keys,
    )


def _keys(records: list[tuple[str, ...]], fingerprint: str) -> tuple[CertificateKey, ...]:
    """The primary key and the valid subkeys, none of them for longer than the primary."""
    keys: list[CertificateKey] = []
    for place, record in enumerate(records):
        if record[0] != "pub" and not (record[0] == "sub" and record[1] not in {"r", "i"}):
            continue
        bits, algorithm, signs = _number(record[2]), _number(record[3]), "s" in record[11]
        weak = algorithm not in ALGORITHMS or (algorithm == RSA and bits < RSA_BITS)
        if weak and (signs or record[0] == "pub"):
            raise _refuse(
                f"key {fingerprint} has a key of algorithm {algorithm} with {bits} bits, too weak"
            )
        named = next((r[9] for r in records[place:] if r[0] == "fpr"), "")
        ends = [parse_unix(_number(record[6]))] if record[6] else []
        ends += [keys[0].expires] if keys and keys[0].expires else []
        keys.append(
            CertificateKey(
                fingerprint=CertificateFingerprint(named),
                created=parse_unix(_number(record[5])),
                expires=min(ends, default=None),
                may_sign=signs,
            )
        )
    if not any(key.may_sign for key in keys):
        raise _refuse(f"key {fingerprint} has no key that signs")
    return tuple(keys)


def _user_id(escaped: str) -> str:
    raw = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found.group(1), 16)), escaped)
    return check_text(raw, where="a name in the certificate", cap=USER_ID_CAP, rule="BUNDLE-TEXT")


def _number(text: str) -> int:
    if re.fullmatch("[0-9]{1,10}", text) is None:
        raise _refuse("gpg's listing can not be read")
    return int(text)


def _bad(what: str) -> Violation:
    return Violation(RULE, what, hint=_HINT)


def _refuse(what: str) -> Violation:
    return Violation("CERTIFICATE", what, hint="export it again: gpg --armor --export FINGERPRINT")
