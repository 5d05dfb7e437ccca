"""What goes wrong in a room: each has a clear screen with its rule, nothing is lost, the station goes on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strongroom.core.bundle.archive import parse_archive
from strongroom.core.bundle.manifest import parse_response_manifest
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.secret import Secret
from strongroom.core.signing.only_adds import check_only_adds
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.model import VaultContents
from tests.e2e.machine import Machine
from tests.e2e.ports import Operation
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, Prepared, now, prepared
from tests.e2e.station import MENU, Operator
from tests.e2e.sticks import (
    FileSystem,
    check_stick,
    read_fat_file,
    read_stick,
    write_stick,
)
from tests.vectors.generate_bundles import Bundle

pytestmark = pytest.mark.e2e
SLOW = 64 * 1024


@pytest.fixture(scope="module")
def made() -> Iterator[Prepared]:
    with prepared() as things:
        yield things


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """One station for all of these: after each refusal it has to go on."""
    with Machine(name="refusals") as booted:
        booted.choose_boot_entry("s")
        Operator(booted.console).begin(now())
        yield booted


@pytest.fixture(scope="module")
def operator(machine: Machine) -> Operator:
    return Operator(machine.console)


@pytest.fixture
def plug(machine: Machine, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Plug sticks in; what is still plugged at the end of a test is pulled out."""
    plugged: list[str] = []

    def plug_in(name: str, files: dict[str, bytes], **options: int) -> Path:
        speed = options.pop("bytes_per_second", None)
        image = write_stick(tmp_path / f"{name}.img", FileSystem.FAT32, files, **options)
        machine.plug(image, name, bytes_per_second=speed)
        plugged.append(name)
        return image

    yield plug_in
    for name in plugged:
        if name in machine.ports.plugged:
            machine.unplug(name)


def opened(data: bytes) -> VaultContents:
    return parse_vault(decrypt_with_passphrase(data, Secret(PASSPHRASE.encode())))


def test_a_wrong_passphrase_can_be_corrected(
    made: Prepared, operator: Operator, plug: Callable[..., Path]
) -> None:
    plug("vault", {VAULT: made.vault()})
    operator.choose("Open a vault", "Choose a vault")
    operator.pick(VAULT, "Open the vault")
    operator.console.press("correct horse battery stable<enter>")
    operator.console.wait_for("VAULT-PASSPHRASE", 120)
    operator.console.press(f"{PASSPHRASE}<enter>")
    operator.console.wait_for(re.compile("generation 1"), 120)


def bad_signature(bundle: Bundle) -> None:
    bundle.bend_signed = lambda data: data.replace(b"October", b"october")


def unknown_signer(bundle: Bundle) -> None:
    bundle.signers = ("mallory",)


def changed_psbt_byte(bundle: Bundle) -> None:
    bundle.psbt = bytes((*bundle.psbt[:-9], bundle.psbt[-9] ^ 1, *bundle.psbt[-8:]))


def cut_short(bundle: Bundle) -> None:
    bundle.after = lambda data: data[:-3000]


@pytest.mark.parametrize(
    ("bend", "rule"),
    [
        (bad_signature, "BUNDLE-SIGNATURE"),
        (unknown_signer, "BUNDLE-SIGNATURE"),
        (changed_psbt_byte, "BUNDLE-DIGEST"),
        (cut_short, "BUNDLE-FORMAT"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bad_request_is_refused_by_its_rule(
    bend: Callable[[Bundle], None],
    rule: str,
    made: Prepared,
    operator: Operator,
    plug: Callable[..., Path],
) -> None:
    bundle = made.bundle()
    bend(bundle)
    plug("inbox", {REQUEST: bundle.render()})
    operator.read_request(re.compile("STOP  "))
    screen = operator.stopped(rule)
    assert "Traceback" not in screen
    assert "What to do:" in screen


def test_a_stick_pulled_while_it_is_read(
    machine: Machine, operator: Operator, plug: Callable[..., Path]
) -> None:
    plug("inbox", {REQUEST: bytes(4 * 1024 * 1024)}, bytes_per_second=512 * 1024)
    operator.choose("Sign a request", "Choose a request")
    operator.console.wait_for(REQUEST, 60)
    operator.console.press("1")
    machine.ports.unplug_during("inbox", Operation.READ, after_bytes=1024 * 1024)
    operator.stopped("MEDIA-")


def test_nonsense_keys_change_nothing(operator: Operator) -> None:
    operator.console.press("<f5>zzz<esc><ctrl-c><ctrl-z><pageup><delete><tab>~")
    operator.console.press("<f9>")
    operator.console.wait_for("xception")
    operator.console.press("<esc>")
    operator.console.wait_for(MENU)


def test_signing_survives_a_full_stick_and_one_that_is_pulled(
    machine: Machine, made: Prepared, operator: Operator, plug: Callable[..., Path]
) -> None:
    """The vault and the answer end up whole on a good stick; the bad ones hold nothing half-written."""
    bundle = made.bundle()
    plug("inbox", {REQUEST: bundle.render()})
    operator.read_request()
    operator.review()
    digest = hashlib.sha256(bundle.manifest).digest()
    operator.confirm("Olga", digest)
    machine.unplug("inbox")

    full = plug("full", {VAULT: made.vault()}, free=512)
    retry(operator, "MEDIA-FULL")
    machine.unplug("full")
    check_stick(full)
    assert opened(read_stick(full)[VAULT]).generation == 1

    slow = plug("slow", {VAULT: made.vault()}, bytes_per_second=SLOW)
    operator.console.wait_for("free", 120)
    operator.console.press("1")
    machine.ports.unplug_during("slow", Operation.WRITE, after_bytes=2048, timeout=120)
    operator.console.wait_for("STOP", 120)
    operator.console.wait_for("MEDIA-", 10)
    operator.console.press("<enter>")
    left = read_fat_file(slow, VAULT) or read_fat_file(slow, f"{VAULT}.1")
    assert left is not None
    assert opened(left).generation in {1, 2}

    good = plug("good", {})
    operator.write("Write to a stick")
    operator.write("Signed. The answer is on the stick")
    operator.console.press("<enter>")
    operator.console.wait_for(MENU)
    machine.unplug("good")
    check_stick(good)
    check_answer(read_stick(good), bundle, digest)


def retry(operator: Operator, rule: str) -> None:
    """Write to the one stick, be refused by `rule`, and be asked again."""
    operator.console.wait_for("free", 120)
    operator.console.press("1")
    operator.console.wait_for("STOP", 120)
    operator.console.wait_for(rule, 10)
    operator.console.press("<enter>")
    operator.console.wait_for("Write to a stick")


def check_answer(files: dict[str, bytes], bundle: Bundle, digest: bytes) -> None:
    stem = REQUEST.removesuffix(".request")
    archive = parse_archive(files[f"{stem}.response"])
    manifest = parse_response_manifest(archive.manifest)
    assert manifest.request_digest == digest.hex()
    assert [person.name for person in manifest.approvals] == ["Olga"]
    assert len(check_only_adds(parse_psbt(bundle.psbt), parse_psbt(archive.psbt))) == 2
    assert files[f"{stem}.signed.psbt"] == archive.psbt
    events = verify_chain(files[f"{stem}.transcript.jsonl"])
    assert events.head.hex() == manifest.transcript_head
    refused = files[f"{stem}.transcript.txt"].decode()
    assert "BUNDLE-SIGNATURE" in refused
    assert "MEDIA-" in refused
    assert PASSPHRASE.encode() not in b"".join(files.values())
    contents = opened(files[VAULT])
    assert contents.generation == 2
    assert contents.history.entries[0].request_digest == digest.hex()


def test_the_same_coins_are_not_signed_away_twice(
    made: Prepared, operator: Operator, plug: Callable[..., Path]
) -> None:
    """The vault in memory remembers: a second request for these coins is refused."""
    bundle = made.bundle()
    plug("inbox", {REQUEST: bundle.render()})
    operator.read_request(re.compile("STOP  |Review"))
    operator.stopped("BUNDLE-SEQUENCE")


def test_switching_off(machine: Machine, operator: Operator) -> None:
    operator.power_off()
    machine.power_off_wait()
