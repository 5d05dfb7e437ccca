"""GnuPG behind the port, with every home that it needs in one private directory in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom import gnupg

if TYPE_CHECKING:
    from strongroom.core.bundle.model import DetachedSignature, OpenpgpReport
    from strongroom.core.secret import Secret


@dataclass(frozen=True, slots=True)
class Gnupg:
    """`workdir` must lie on a tmpfs: the vault's signing key passes through it. Raises `Fault` OPENPGP."""

    workdir: Path

    def verify_signatures(
        self,
        manifest: bytes,
        signatures: tuple[DetachedSignature, ...],
        certificates: tuple[bytes, ...],
    ) -> tuple[OpenpgpReport, ...]:
        """What GnuPG says of each signature, by the certificate at its place."""
        return gnupg.verify_signatures(manifest, signatures, certificates, workdir=self.workdir)

    def list_certificate(self, certificate: bytes) -> bytes:
        """The colon listing of a certificate."""
        return gnupg.list_certificate(certificate, workdir=self.workdir)

    def make_signing_key(self, user_id: str) -> tuple[Secret, bytes]:
        """A new signing key and its armored certificate."""
        return gnupg.make_signing_key(user_id, workdir=self.workdir)

    def sign_detached(self, manifest: bytes, signing_key: Secret) -> bytes:
        """The armored detached signature over `manifest`."""
        return gnupg.sign_detached(manifest, signing_key, workdir=self.workdir)
