"""Changes of trust by the test keys: an honest one, and each that a station has to refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from strongroom.core.bundle.archive import render_archive
from strongroom.core.bundle.model import BundleArchive, DetachedSignature
from strongroom.core.session.trust import terms_of
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.model import Approver, TrustList, VaultContents
from strongroom.core.vault.trust_file import TermsProposal, list_digest, render_proposal
from tests.vectors.factory import draft, seed
from tests.vectors.generate_bundles import KEYS, fingerprint_of

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 2, tzinfo=UTC)
WEAK = ("--allow-weak-digest-algos",)
ALL = ("ana", "ben", "mallory")


def person(name: str, **changes: Any) -> Approver:  # noqa: ANN401 - fields of Approver
    """A test key's owner as the list has them."""
    listed = Approver(
        name=name.title(),
        fingerprint=fingerprint_of(name),
        certificate=(KEYS / f"{name}.asc").read_bytes(),
        roles=frozenset(("approver",)),
        valid_from=NOW - timedelta(days=60),
        valid_until=None,
        revoked_from=None,
    )
    return replace(listed, **changes)


def vault() -> VaultContents:
    """Ana and Ben may ask, and both have to."""
    return VaultContents(
        generation=1,
        seeds=(seed("ana"),),
        wallets=(draft().registered,),
        trust=TrustList(approvers=(person("ana"), person("ben")), quorum=(("approver", 2),)),
    )


@dataclass
class Change:
    """A change that Mallory joins and Ben leaves by, signed by all three; bend it."""

    gpg: Callable[..., str]
    signers: tuple[str, ...] = ALL
    names: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    contents: VaultContents = field(default_factory=vault)
    trust: TrustList = field(
        default_factory=lambda: TrustList(
            approvers=(person("ana"), person("mallory")), quorum=(("approver", 2),)
        )
    )
    changes: dict[str, Any] = field(default_factory=dict)
    bend: Callable[[bytes], bytes] = bytes
    after: Callable[[bytes], bytes] = bytes
    sign_as: Callable[[str, bytes], bytes] | None = None

    def manifest(self) -> bytes:
        listed = terms_of(self.contents)
        proposal = TermsProposal(
            sequence=listed.sequence + 1,
            previous=list_digest(listed),
            created=NOW - HOUR,
            terms=Terms(policy=self.contents.policy, trust=self.trust),
        )
        return self.bend(render_proposal(replace(proposal, **self.changes)))

    def sign(self, name: str, manifest: bytes) -> bytes:
        time = f"--faked-system-time={NOW - HOUR:%Y%m%dT%H%M%S}!"
        command = (time, *self.options, "--local-user", fingerprint_of(name))
        return self.gpg(*command, "--armor", "--detach-sign", stdin=manifest).encode()

    def file(self) -> bytes:
        manifest, make = self.manifest(), self.sign_as or self.sign
        signatures = tuple(
            DetachedSignature(
                fingerprint=fingerprint_of(self.names.get(name, name)),
                armored=make(name, manifest),
            )
            for name in self.signers
        )
        return self.after(
            render_archive(BundleArchive(manifest=manifest, psbt=b"", signatures=signatures))
        )


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "nobody-signed-a-change": ("TRUST-QUORUM", {"signers": ()}),
    "old-list-alone": ("TRUST-QUORUM", {"signers": ("ana", "ben")}),
    "new-list-alone": ("TRUST-QUORUM", {"signers": ("ana", "mallory")}),
    "later-version": (
        "TRUST-FORMAT",
        {"bend": lambda data: data.replace(b'"version":1}', b'"version":2}')},
    ),
    "unknown-field": (
        "TRUST-FORMAT",
        {"bend": lambda data: data.replace(b'"version":1}', b'"urgent":true,"version":1}')},
    ),
    "changed-after-signing": (
        "BUNDLE-SIGNATURE",
        {"after": lambda data: data.replace(b'"sequence":1', b'"sequence":3')},
    ),
    "other-list": ("TRUST-SEQUENCE", {"changes": {"previous": "00" * 32}}),
    "later-number": ("TRUST-SEQUENCE", {"changes": {"sequence": 2}}),
    "change-made-in-the-future": ("BUNDLE-CLOCK", {"changes": {"created": NOW + 9 * HOUR}}),
    "change-signed-with-sha1": ("BUNDLE-SIGNATURE", {"options": ("--digest-algo", "SHA1", *WEAK)}),
    "change-signed-with-md5": ("BUNDLE-SIGNATURE", {"options": ("--digest-algo", "MD5", *WEAK)}),
    "change-by-a-stranger-under-a-known-name": (
        "BUNDLE-SIGNATURE",
        {"signers": ("mallory", "ben"), "names": {"mallory": "ana"}},
    ),
    "one-person-under-two-names": (
        "TRUST-QUORUM",
        {"signers": ("ana", "ben"), "names": {"ben": "mallory"}},
    ),
    "more-needed-than-there-are": (
        "TRUST-QUORUM",
        {"trust": TrustList(approvers=(person("ana"),), quorum=(("approver", 2),))},
    ),
    "nobody-needed": ("TRUST-FORMAT", {"trust": TrustList(approvers=(person("ana"),), quorum=())}),
    "needed-and-revoked": (
        "TRUST-QUORUM",
        {
            "trust": TrustList(
                approvers=(person("ana", revoked_from=NOW - HOUR), person("mallory")),
                quorum=(("approver", 2),),
            )
        },
    ),
    "certificate-of-another": (
        "CERTIFICATE",
        {
            "trust": TrustList(
                approvers=(
                    person("ana"),
                    person("mallory", certificate=person("ben").certificate),
                ),
                quorum=(("approver", 2),),
            )
        },
    ),
    "somebody-twice": (
        "TRUST-FORMAT",
        {
            "trust": TrustList(
                approvers=(person("ana"), person("mallory"), person("mallory")),
                quorum=(("approver", 2),),
            )
        },
    ),
}
