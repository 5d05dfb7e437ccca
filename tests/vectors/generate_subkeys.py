"""Write the bad bundles of subkeys: `python -m tests.vectors.generate_subkeys`.

Eve may approve, and her certificate has several signing subkeys. Each case is an honest bundle that one of them
signed, in a certificate that gives it no right to; her certificate as the station has it is in the vector. Keys
and certificates are made once, by real gpg, and kept in keys/.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from strongroom.core.bundle.archive import render_archive
from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.bundle.model import BundleArchive, CertificateFingerprint, DetachedSignature
from strongroom.core.moment import render_moment
from tests.vectors.factory import CREATED, draft
from tests.vectors.generate_bundles import BAD, HOUR, KEYS
from tests.vectors.packets import unbound, without_back_signature

DECLARED = CREATED + HOUR
MADE = datetime(2026, 10, 1)  # noqa: DTZ001 - gpg is told its time in UTC
SUBKEYS = {
    "good": ("ed25519", "never", MADE),
    "expired": ("ed25519", "20d", MADE),
    "revoked": ("ed25519", "never", MADE),
    "other-use": ("rsa2048", "never", MADE),
    "late": ("ed25519", "never", MADE + timedelta(days=60)),
}
EDITS = {
    "other-use": ("change-usage", "S", "E", "Q"),
    "revoked": ("revkey", "y", "0", "", "y"),
}


class Eve:
    """Her keyring, in a home that ends with the block."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="g")
        self.home = self._home.name

    def __enter__(self) -> Self:
        if (KEYS / "eve.test-secret.asc").exists():
            self.gpg("--import", str(KEYS / "eve.test-secret.asc"))
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(("gpgconf", "--homedir", self.home, "--kill", "all"), check=True)
        self._home.cleanup()

    def gpg(self, *arguments: str, at: datetime = MADE, stdin: bytes = b"") -> bytes:
        """What gpg prints, at a time of its own."""
        time = f"--faked-system-time={at:%Y%m%dT%H%M%S}!"
        options = ("--homedir", self.home, "--no-tty", "--quiet", "--expert", "--passphrase", "")
        command = ("gpg", *options, "--pinentry-mode", "loopback", time, *arguments)
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout

    def fingerprints(self) -> list[str]:
        """Her primary key, and then her subkeys."""
        listed = self.gpg("--list-keys", "--with-colons", "--with-subkey-fingerprints").decode()
        return [row.split(":")[9] for row in listed.splitlines() if row.startswith("fpr")]

    def edit(self, subkey: int, *words: str) -> None:
        """Change one subkey, counted from 1."""
        typed = "\n".join((f"key {subkey}", *words, "save", "")).encode()
        options = ("--command-fd", "0", "--edit-key", self.fingerprints()[0])
        self.gpg(*options, at=CREATED, stdin=typed)

    def sign(self, subkey: str, manifest: bytes, at: datetime) -> bytes:
        """A detached signature by one subkey, named by its fingerprint, whatever the time is for it."""
        early = ("--ignore-time-conflict", "--ignore-valid-from")
        options = (*early, "--local-user", f"{subkey}!", "--armor", "--detach-sign")
        return self.gpg("--batch", *options, at=at, stdin=manifest)


def make_keys() -> None:
    """Make her keys and the certificates that only she can make; needed once."""
    with Eve() as eve:
        name = "TEST Eve <eve@example.org>"
        eve.gpg("--batch", "--quick-generate-key", name, "ed25519", "sign,cert", "never")
        primary = eve.fingerprints()[0]
        for algorithm, expires, made in SUBKEYS.values():
            eve.gpg("--batch", "--quick-add-key", primary, algorithm, "sign", expires, at=made)
        prints = eve.fingerprints()
        (KEYS / "eve.fingerprint").write_text(prints[0] + "\n")
        (KEYS / "eve.subkeys").write_text("".join(f"{p}\n" for p in prints[1:]))
        (KEYS / "eve.asc").write_bytes(eve.gpg("--armor", "--export", primary))
        secret = eve.gpg("--batch", "--armor", "--export-secret-keys", primary)
        (KEYS / "eve.test-secret.asc").write_bytes(secret)
        for place, subkey in enumerate(SUBKEYS, 1):
            if subkey in EDITS:
                eve.edit(place, *EDITS[subkey])
                changed = eve.gpg("--armor", "--export", primary)
                (KEYS / f"eve-{subkey}.asc").write_bytes(changed)
        later = MADE + timedelta(days=1)
        eve.gpg("--batch", "--quick-set-expire", primary, "5d", prints[1], at=later)
        (KEYS / "eve-ended.asc").write_bytes(eve.gpg("--armor", "--export", primary))


def subkey(name: str) -> str:
    """The fingerprint of one of her subkeys."""
    prints = (KEYS / "eve.subkeys").read_text().split()
    return dict(zip(SUBKEYS, prints, strict=True))[name]


def certificate(name: str = "eve") -> bytes:
    """Her certificate, in binary."""
    armored = (KEYS / f"{name}.asc").read_text().split("\n\n", 1)[1]
    return base64.b64decode(armored.split("\n=")[0])


Case = tuple[str, str, str, datetime, Callable[[], bytes]]
CASES: tuple[Case, ...] = (
    # rule, case, subkey, signed at, certificate
    ("BUNDLE-CLOCK", "subkey-that-expired-since", "expired", MADE, certificate),
    (
        "BUNDLE-CLOCK",
        "subkey-that-had-expired",
        "good",
        CREATED,
        lambda: certificate("eve-ended"),
    ),
    ("BUNDLE-CLOCK", "signed-before-the-subkey-was-made", "late", CREATED, certificate),
    (
        "BUNDLE-SIGNATURE",
        "subkey-that-was-revoked",
        "revoked",
        CREATED,
        lambda: certificate("eve-revoked"),
    ),
    (
        "BUNDLE-SIGNATURE",
        "subkey-for-encryption",
        "other-use",
        CREATED,
        lambda: certificate("eve-other-use"),
    ),
    (
        "BUNDLE-SIGNATURE",
        "subkey-that-is-not-bound",
        "good",
        CREATED,
        lambda: unbound(certificate(), subkey("good")),
    ),
    (
        "BUNDLE-SIGNATURE",
        "subkey-that-never-agreed",
        "good",
        CREATED,
        lambda: without_back_signature(certificate(), subkey("good")),
    ),
)


def render(eve: Eve, name: str, signed: datetime) -> bytes:
    """An honest bundle that one of her subkeys signed."""
    request = draft()
    manifest = render_request_manifest(request.request().manifest)
    primary = CertificateFingerprint((KEYS / "eve.fingerprint").read_text().strip())
    armored = eve.sign(subkey(name), manifest, signed)
    signature = DetachedSignature(fingerprint=primary, armored=armored)
    return render_archive(
        BundleArchive(manifest=manifest, psbt=request.psbt(), signatures=(signature,))
    )


def vector(rule: str, made: bytes) -> dict[str, object]:
    """What is known where the bundle is opened."""
    return {
        "stage": "bundle",
        "rule": rule,
        "declared": render_moment(DECLARED),
        "trust": {},
        "certificates": {"eve": base64.b64encode(made).decode()},
    }


def main() -> None:
    """Write every case to bad/<RULE-ID>/."""
    with Eve() as eve:
        for rule, case, name, signed, make in CASES:
            path = BAD / rule / f"{case}.json"
            path.with_suffix(".request").write_bytes(render(eve, name, signed))
            path.write_text(json.dumps(vector(rule, make()), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    if not Path(KEYS / "eve.asc").exists():
        make_keys()
    main()
