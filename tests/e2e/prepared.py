"""A vault and requests made on this computer, so that a scenario can start where it gets interesting.

The vault is a real age file with a low work factor; requests are signed by the test approvers with real gpg.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.bundle.model import RequestManifest
from strongroom.core.secret import Secret
from strongroom.core.vault.age import encrypt_with_passphrase
from strongroom.core.vault.contents import render_vault
from strongroom.core.vault.model import Approver, Policy, TrustList, VaultContents
from tests.vectors.factory import Draft, draft, seed
from tests.vectors.generate_bundles import KEYS, Bundle, fingerprint_of, keyring

PASSPHRASE = "correct horse battery staple"
WORK_FACTOR = 10
VAULT, REQUEST = "strongroom.vault", "october.request"


def now() -> datetime:
    """The time to the second, as people would declare it."""
    return datetime.now(tz=UTC).replace(microsecond=0)


@dataclass
class Prepared:
    """One vault and what its approver may ask of it."""

    gpg: Callable[..., str]
    made: Draft

    def vault(self, policy: Policy | None = None) -> bytes:
        """The vault file; Ana may approve requests."""
        contents = VaultContents(
            generation=1,
            seeds=(seed(self.made.owner),),
            wallets=(self.made.registered,),
            trust=TrustList(approvers=(self._ana(),)),
            policy=policy or Policy(),
            signing_key=Secret(self._secret("ben").encode()),
            certificate=(KEYS / "ben.asc").read_bytes(),
        )
        return encrypt_with_passphrase(
            render_vault(contents),
            Secret(PASSPHRASE.encode()),
            work_factor=WORK_FACTOR,
            random=os.urandom,
        )

    def asking(self, made: Draft, **changes: object) -> Prepared:
        """The same people asking for something else, in a manifest with these changes."""
        made.changes |= changes
        return replace(self, made=made)

    def manifest(self) -> RequestManifest:
        """An honest manifest of today."""
        manifest = self.made.request().manifest
        return replace(
            manifest,
            created=now() - timedelta(hours=1),
            expires=now() + timedelta(days=2),
            anchor=replace(manifest.anchor, tip_time=now() - timedelta(hours=1)),
        )

    def bundle(self) -> Bundle:
        """An honest bundle of today; bend it, then render it."""
        return Bundle(
            self.gpg,
            signed_at=now() - timedelta(minutes=30),
            manifest=render_request_manifest(self.manifest()),
            psbt=self.made.psbt(),
        )

    def _ana(self) -> Approver:
        return Approver(
            name="Ana",
            fingerprint=fingerprint_of("ana"),
            certificate=(KEYS / "ana.asc").read_bytes(),
            roles=frozenset(("approver",)),
            valid_from=now() - timedelta(days=60),
            valid_until=None,
            revoked_from=None,
        )

    def _secret(self, name: str) -> str:
        return (KEYS / f"{name}.test-secret.asc").read_text()


@contextmanager
def prepared(owner: str = "ana") -> Iterator[Prepared]:
    """A vault around the test seed of `owner`, with its native segwit wallet; Ana may ask."""
    with keyring() as gpg:
        yield Prepared(gpg, draft(owner=owner))
