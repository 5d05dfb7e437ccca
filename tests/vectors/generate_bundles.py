"""Write the bad bundles: `python -m tests.vectors.generate_bundles`.

Each is an honest bundle with one thing wrong, signed with the test keys in keys/ at a fixed time by real gpg. A
file `<case>.request` stands beside `<case>.json`, which says when it is opened and by whose trust list.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from strongroom.core.bundle.archive import render_archive
from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.bundle.model import BundleArchive, CertificateFingerprint, DetachedSignature
from strongroom.core.moment import render_moment
from tests.vectors.factory import CREATED, draft

FOLDER = Path(__file__).parent
BAD, KEYS = FOLDER / "bad", FOLDER / "keys"
PEOPLE = ("ana", "ben", "mallory")
HOUR = timedelta(hours=1)
BLOCK = 512


def fingerprint_of(name: str) -> CertificateFingerprint:
    """The fingerprint of a test key."""
    return CertificateFingerprint((KEYS / f"{name}.fingerprint").read_text().strip())


@contextmanager
def keyring() -> Iterator[Callable[..., str]]:
    """Run gpg with the test keys in a home of its own; yields a function that runs it."""
    with tempfile.TemporaryDirectory(prefix="g") as home:

        def gpg(*arguments: str, stdin: bytes = b"") -> str:
            options = ("--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback")
            command = ("gpg", *options, "--passphrase", "", *arguments)
            done = subprocess.run(command, input=stdin, capture_output=True, check=True)
            return done.stdout.decode()

        for name in PEOPLE:
            path = KEYS / f"{name}.test-secret.asc"
            if path.exists():
                gpg("--import", str(path))
        yield gpg
        subprocess.run(("gpgconf", "--homedir", home, "--kill", "all"), check=True)


def make_keys() -> None:
    """Make the test keys; only needed once, since the vectors are signed with them."""
    with keyring() as gpg:
        for name in PEOPLE:
            who = f"TEST {name.title()} <{name}@example.org>"
            time = "--faked-system-time=20261001T000000!"
            gpg(time, "--quick-generate-key", who, "ed25519", "sign", "never")
            listed = gpg("--list-keys", "--with-colons", name).splitlines()
            print_ = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
            (KEYS / f"{name}.fingerprint").write_text(print_ + "\n")
            (KEYS / f"{name}.asc").write_text(gpg("--armor", "--export", print_))
            secret = gpg("--armor", "--export-secret-keys", print_)
            (KEYS / f"{name}.test-secret.asc").write_text(secret)


@dataclass
class Bundle:
    """An honest bundle in pieces; `after` bends the finished file."""

    gpg: Callable[..., str]
    declared: datetime = CREATED + HOUR
    trust: dict[str, object] = field(default_factory=dict)
    signers: tuple[str, ...] = ("ana",)
    signed_at: datetime = CREATED
    options: tuple[str, ...] = ()
    manifest: bytes = field(
        default_factory=lambda: render_request_manifest(draft().request().manifest)
    )
    psbt: bytes = field(default_factory=lambda: draft().psbt())
    bend_signed: Callable[[bytes], bytes] = bytes
    names: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    copies: int = 1
    after: Callable[[bytes], bytes] = bytes

    def sign(self, name: str) -> DetachedSignature:
        """The signature of one person, under the name in `names` and by the key in `keys`, or its own."""
        time = f"--faked-system-time={self.signed_at:%Y%m%dT%H%M%S}!"
        key = fingerprint_of(self.keys.get(name, name))
        command = (time, *self.options, "--local-user", key)
        armored = self.gpg(*command, "--armor", "--detach-sign", stdin=self.manifest)
        shown = fingerprint_of(self.names.get(name, name))
        return DetachedSignature(fingerprint=shown, armored=armored.encode() * self.copies)

    def render(self) -> bytes:
        """The file."""
        signatures = tuple(self.sign(name) for name in self.signers)
        manifest = self.bend_signed(self.manifest)
        archive = BundleArchive(manifest=manifest, psbt=self.psbt, signatures=signatures)
        return self.after(render_archive(archive))


Case = tuple[str, str, Callable[[Bundle], None]]
CASES: list[Case] = []


def case(rule: str) -> Callable[[Callable[[Bundle], None]], None]:
    """Register a case under the name of its function."""

    def register(bend: Callable[[Bundle], None]) -> None:
        CASES.append((rule, bend.__name__.replace("_", "-"), bend))

    return register


def _edit(bundle: Bundle, **changes: object) -> None:
    """Change fields of the manifest, which is signed afterwards."""
    content = json.loads(bundle.manifest) | changes
    bundle.manifest = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False).encode()


@case("BUNDLE-SIGNATURE")
def manifest_changed_after_signing(bundle: Bundle) -> None:
    bundle.bend_signed = lambda data: data.replace(b"invoices", b"invoicez")


@case("BUNDLE-SIGNATURE")
def unknown_signer(bundle: Bundle) -> None:
    bundle.signers = ("mallory",)


@case("BUNDLE-SIGNATURE")
def signature_under_another_name(bundle: Bundle) -> None:
    bundle.names = {"ana": "ben"}


@case("BUNDLE-SIGNATURE")
def stranger_under_a_known_name(bundle: Bundle) -> None:
    bundle.signers, bundle.names = ("mallory",), {"mallory": "ana"}


@case("BUNDLE-SIGNATURE")
def weak_hash(bundle: Bundle) -> None:
    bundle.options = ("--digest-algo", "SHA1", "--allow-weak-digest-algos")


@case("BUNDLE-SIGNATURE")
def weakest_hash(bundle: Bundle) -> None:
    bundle.options = ("--digest-algo", "MD5", "--allow-weak-digest-algos")


@case("BUNDLE-SIGNATURE")
def one_person_twice_in_one_file(bundle: Bundle) -> None:
    bundle.trust = {"quorum": [["approver", 2]]}
    bundle.copies = 2


@case("BUNDLE-SIGNATURE")
def one_person_under_two_names(bundle: Bundle) -> None:
    bundle.trust = {"quorum": [["approver", 2]]}
    bundle.signers, bundle.keys = ("ana", "ben"), {"ben": "ana"}


@case("BUNDLE-SIGNATURE")
def one_good_and_one_bad(bundle: Bundle) -> None:
    bundle.signers, bundle.names = ("ana", "mallory"), {"mallory": "ben"}


@case("BUNDLE-QUORUM")
def nobody_signed(bundle: Bundle) -> None:
    bundle.signers = ()


@case("BUNDLE-QUORUM")
def one_of_two(bundle: Bundle) -> None:
    bundle.trust = {"quorum": [["approver", 2]]}


@case("BUNDLE-QUORUM")
def nobody_of_a_needed_role(bundle: Bundle) -> None:
    bundle.trust = {"quorum": [["approver", 1], ["auditor", 1]]}


@case("BUNDLE-FORMAT")
def bytes_after_the_end(bundle: Bundle) -> None:
    bundle.after = lambda data: data + b"more"


@case("BUNDLE-FORMAT")
def cut_in_the_middle(bundle: Bundle) -> None:
    bundle.after = lambda data: data[: len(data) // 2]


@case("BUNDLE-FORMAT")
def manifest_twice(bundle: Bundle) -> None:
    size = BLOCK + -(-len(bundle.manifest) // BLOCK) * BLOCK
    bundle.after = lambda data: data[:size] + data


@case("BUNDLE-FORMAT")
def member_that_is_a_link(bundle: Bundle) -> None:
    def link(data: bytes) -> bytes:
        header = bytearray(data[:BLOCK])
        header[156:157] = b"2"
        header[148:156] = b" " * 8
        header[148:156] = f"{sum(header):06o}".encode() + b"\0 "
        return bytes(header) + data[BLOCK:]

    bundle.after = link


@case("BUNDLE-FORMAT")
def not_an_archive(bundle: Bundle) -> None:
    bundle.after = lambda _data: b"psbt\xff" + bytes(2000)


@case("BUNDLE-FORMAT")
def unknown_field(bundle: Bundle) -> None:
    _edit(bundle, urgent=True)


@case("BUNDLE-FORMAT")
def amount_with_a_fraction(bundle: Bundle) -> None:
    _edit(bundle, fee_sat=2000.0)


@case("BUNDLE-FORMAT")
def key_twice(bundle: Bundle) -> None:
    bundle.manifest = bundle.manifest.replace(b'{\n  "anchor"', b'{\n  "fee_sat": 1,\n  "anchor"')


@case("BUNDLE-FORMAT")
def later_version(bundle: Bundle) -> None:
    _edit(bundle, version=2)


@case("BUNDLE-FORMAT")
def expires_before_it_was_created(bundle: Bundle) -> None:
    _edit(bundle, expires=render_moment(CREATED - HOUR))


@case("BUNDLE-DIGEST")
def psbt_of_another_request(bundle: Bundle) -> None:
    bundle.psbt = draft(fee=2_001).psbt()


@case("BUNDLE-DIGEST")
def one_bit_of_the_psbt(bundle: Bundle) -> None:
    bundle.psbt = bytes((*bundle.psbt[:-9], bundle.psbt[-9] ^ 1, *bundle.psbt[-8:]))


@case("BUNDLE-TEXT")
def right_to_left_override(bundle: Bundle) -> None:
    _edit(bundle, purpose="invoice \u202e1234")


@case("BUNDLE-TEXT")
def escape_sequence(bundle: Bundle) -> None:
    _edit(bundle, requester="Ana\u001b[2J")


@case("BUNDLE-TEXT")
def zero_width_space(bundle: Bundle) -> None:
    _edit(bundle, purpose="in\u200bvoice")


@case("BUNDLE-TEXT")
def line_break(bundle: Bundle) -> None:
    _edit(bundle, purpose="one\ntwo")


@case("BUNDLE-EXPIRED")
def past_its_time(bundle: Bundle) -> None:
    bundle.declared = CREATED + timedelta(days=7)


@case("BUNDLE-CLOCK")
def created_in_the_future(bundle: Bundle) -> None:
    bundle.declared = CREATED - 3 * HOUR


@case("BUNDLE-CLOCK")
def signed_in_the_future(bundle: Bundle) -> None:
    bundle.signed_at = CREATED + 9 * HOUR


@case("BUNDLE-CLOCK")
def block_of_the_future(bundle: Bundle) -> None:
    anchor = json.loads(bundle.manifest)["anchor"]
    _edit(bundle, anchor=anchor | {"tip_time": render_moment(CREATED + 5 * HOUR)})


@case("BUNDLE-CLOCK")
def key_that_expired(bundle: Bundle) -> None:
    bundle.trust = {"ana": {"valid_until": render_moment(CREATED + timedelta(minutes=30))}}


@case("BUNDLE-CLOCK")
def key_that_was_revoked(bundle: Bundle) -> None:
    bundle.trust = {"ana": {"revoked_from": render_moment(CREATED - HOUR)}}


@case("BUNDLE-CLOCK")
def key_that_is_not_valid_yet(bundle: Bundle) -> None:
    bundle.trust = {"ana": {"valid_from": render_moment(CREATED + timedelta(days=1))}}


@case("BUNDLE-CLOCK")
def signature_that_expired(bundle: Bundle) -> None:
    bundle.signed_at = CREATED - timedelta(days=3)
    bundle.options = ("--default-sig-expire", "1d")


@case("ADDRESS")
def address_with_a_wrong_letter(bundle: Bundle) -> None:
    payment = json.loads(bundle.manifest)["payments"][0]
    address = payment["address"]
    _edit(bundle, payments=[payment | {"address": f"{address[:-1]}{'qp'[address[-1] == 'q']}"}])


@case("INPUT-NETWORK")
def address_of_another_network(bundle: Bundle) -> None:
    payment = json.loads(bundle.manifest)["payments"][0]
    address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    _edit(bundle, payments=[payment | {"address": address}])


def main() -> None:
    """Write every case to bad/<RULE-ID>/."""
    with keyring() as gpg:
        for rule, name, bend in CASES:
            bundle = replace(Bundle(gpg))
            bend(bundle)
            folder = BAD / rule
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.request").write_bytes(bundle.render())
            content = {
                "stage": "bundle",
                "rule": rule,
                "declared": render_moment(bundle.declared),
                "trust": bundle.trust,
                "sha256": hashlib.sha256((folder / f"{name}.request").read_bytes()).hexdigest(),
            }
            text = json.dumps(content, indent=1, sort_keys=True) + "\n"
            (folder / f"{name}.json").write_text(text)


if __name__ == "__main__":
    if not (KEYS / "ana.asc").exists():
        KEYS.mkdir(exist_ok=True)
        make_keys()
    main()
