"""Write the bad attestations: `python -m tests.vectors.generate_attestations`.

Each is what two builders honestly signed, with one thing wrong. Signed with the test keys in keys/ at a fixed
time by real gpg, so that a second run changes no byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from strongroom.core.attestation import UNCOMMITTED, ImageAttestation, render_attestation
from strongroom.core.moment import render_moment
from tests.vectors.factory import CREATED
from tests.vectors.generate_bundles import BAD, fingerprint_of, keyring

HONEST = ImageAttestation(
    release="0.1.0",
    commit="8f" * 20,
    iso_size=30_019_584,
    iso_sha256="1c" * 32,
    image_digest="2d" * 32,
)


@dataclass
class Build:
    """What builders signed, and what is checked against it; `names` files one's signature under another."""

    attestation: bytes = field(default_factory=lambda: render_attestation(HONEST))
    presented: bytes | None = None
    iso_size: int = HONEST.iso_size
    iso_sha256: str = HONEST.iso_sha256
    signers: tuple[str, ...] = ("ana", "ben")
    names: dict[str, str] = field(default_factory=dict)
    builders: tuple[str, ...] = ("ana", "ben")
    threshold: int = 2
    signed_at: datetime = CREATED
    now: datetime = CREATED + timedelta(days=2)
    options: tuple[str, ...] = ()

    def sign(self, name: str, gpg: Callable[..., str]) -> str:
        """The armored signature of one builder."""
        time = f"--faked-system-time={self.signed_at:%Y%m%dT%H%M%S}!"
        command = (time, *self.options, "--local-user", fingerprint_of(name))
        return gpg(*command, "--armor", "--detach-sign", stdin=self.attestation)

    def content(self, gpg: Callable[..., str]) -> dict[str, object]:
        """The vector without its rule."""
        signatures = {
            fingerprint_of(self.names.get(name, name)): self.sign(name, gpg)
            for name in self.signers
        }
        return {
            "stage": "attestation",
            "attestation": (self.presented or self.attestation).decode(),
            "iso_size": self.iso_size,
            "iso_sha256": self.iso_sha256,
            "signatures": signatures,
            "builders": list(self.builders),
            "threshold": self.threshold,
            "now": render_moment(self.now),
        }


def _changed(**changes: str | int) -> bytes:
    return render_attestation(replace(HONEST, **changes))  # type: ignore[arg-type]


CASES: dict[str, dict[str, Build]] = {
    "ATTESTATION-FORMAT": {
        "written-in-one-line": Build(
            attestation=json.dumps(json.loads(render_attestation(HONEST))).encode()
        ),
        "unknown-field": Build(
            attestation=render_attestation(HONEST).replace(b"{\n", b'{\n  "builder": "Ana",\n')
        ),
        "commit-cut-short": Build(attestation=_changed(commit="8f8f8f8")),
        "digest-in-capitals": Build(attestation=_changed(iso_sha256="1C" * 32)),
    },
    "ATTESTATION-SOURCE": {
        "tree-with-changes": Build(attestation=_changed(commit=UNCOMMITTED)),
    },
    "ATTESTATION-IMAGE": {
        "one-bit-of-the-image": Build(iso_sha256="1d" + "1c" * 31),
        "image-that-is-longer": Build(iso_size=HONEST.iso_size + 2048),
    },
    "ATTESTATION-SIGNATURE": {
        "attestation-of-another-commit": Build(presented=_changed(commit="90" * 20)),
        "stranger-under-a-builders-name": Build(
            signers=("ana", "mallory"), names={"mallory": "ben"}
        ),
        "builder-under-anothers-name": Build(signers=("ana",), names={"ana": "ben"}),
        "signed-in-the-future": Build(signed_at=CREATED + timedelta(days=5)),
        "signature-that-expired": Build(options=("--default-sig-expire", "1")),
        "weak-hash": Build(options=("--digest-algo", "SHA1")),
    },
    "ATTESTATION-QUORUM": {
        "one-of-two": Build(signers=("ana",)),
        "nobody": Build(signers=(), threshold=1),
        "stranger-does-not-count": Build(signers=("ana", "mallory")),
        "builder-twice-in-the-list": Build(builders=("ana", "ana")),
        "more-than-there-are": Build(threshold=3),
    },
}


def main() -> None:
    """Write every case to bad/<RULE-ID>/<name>.json."""
    with keyring() as gpg:
        for rule, builds in CASES.items():
            folder = BAD / rule
            folder.mkdir(parents=True, exist_ok=True)
            for name, build in builds.items():
                content = {"rule": rule, **build.content(gpg)}
                text = json.dumps(content, indent=1, sort_keys=True) + "\n"
                (folder / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
