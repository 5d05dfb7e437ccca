"""Signing for Secure Boot adds a signature and changes nothing else; it can be taken off again."""

from __future__ import annotations

import shlex
import shutil
import stat
import struct
import subprocess
from pathlib import Path

import pytest

from tests.image.conftest import REPOSITORY

pytestmark = pytest.mark.image

SECURE_BOOT = REPOSITORY / "image/secure-boot.sh"


def secure_boot(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (SECURE_BOOT, *arguments),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("owner") / "keys"
    done = secure_boot("keys", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def signed(iso: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("signed") / "strongroom.iso"
    shutil.copy(iso, copy)
    done = secure_boot("sign", keys / "db.key", copy)
    assert done.returncode == 0, done.stderr
    return copy.with_name("strongroom.signed.iso")


def test_keys_are_for_their_owner_alone(keys: Path) -> None:
    private = {path.name for path in keys.iterdir() if stat.S_IMODE(path.stat().st_mode) == 0o600}
    assert private == {"PK.key", "KEK.key", "db.key"}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    for name in ("PK", "KEK", "db"):
        assert {path.name for path in keys.glob(f"{name}.*")} >= {
            f"{name}.{kind}" for kind in ("key", "crt", "cer", "esl", "auth")
        }


def test_keys_are_never_overwritten(keys: Path) -> None:
    before = (keys / "db.key").read_bytes()
    done = secure_boot("keys", keys)
    assert done.returncode != 0
    assert "is not empty" in done.stderr
    assert (keys / "db.key").read_bytes() == before


def differences(before: bytes, after: bytes, start: int) -> list[int]:
    """Where two images of one size differ, counted from `start`."""
    return [
        place + n - start
        for place in range(0, len(before), 4096)
        if before[place : place + 4096] != after[place : place + 4096]
        for n in range(4096)
        if before[place + n] != after[place + n]
    ]


def test_a_signature_changes_little_and_nothing_that_runs(
    iso: Path, tree: Path, signed: Path
) -> None:
    before, after = iso.read_bytes(), signed.read_bytes()
    efi = (tree / "boot/efi.img").read_bytes()
    loader = next(n for n in range(0, len(efi), 512) if efi[n : n + 2] == b"MZ")
    place = before.index(efi)
    assert len(before) == len(after)
    changed = differences(before, after, place)
    assert 500 < len(changed) < 4096
    assert 0 <= changed[0] <= changed[-1] < len(efi)
    header = [n - loader for n in changed if loader <= n < loader + 4096]
    (entry,) = struct.unpack_from("<I", efi, loader + 0x3C)
    checksum, certificates = entry + 88, entry + 168
    assert {*header} <= {*range(checksum, checksum + 4), *range(certificates, certificates + 8)}
    size = len(efi[loader:].rstrip(b"\0"))
    assert not [n for n in changed if loader + 4096 <= n < loader + size]


def test_without_its_signature_a_signed_image_is_the_built_one(iso: Path, signed: Path) -> None:
    done = secure_boot("unsign", signed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (iso.parent / "strongroom.iso.sha256").read_text().split()[0]


def test_one_key_gives_one_signature(keys: Path, iso: Path, signed: Path, tmp_path: Path) -> None:
    shutil.copy(iso, tmp_path / "again.iso")
    assert secure_boot("sign", keys / "db.key", tmp_path / "again.iso").returncode == 0
    assert (tmp_path / "again.signed.iso").read_bytes() == signed.read_bytes()


def test_a_signed_image_with_another_byte_is_not_the_built_one(
    signed: Path, tmp_path: Path
) -> None:
    data = bytearray(signed.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "changed.iso").write_bytes(data)
    done = secure_boot("unsign", tmp_path / "changed.iso")
    assert done.returncode != 0
    assert "is not out/strongroom.iso" in done.stderr


def test_what_is_wrong_is_said_and_nothing_is_written(
    iso: Path, keys: Path, tmp_path: Path
) -> None:
    shutil.copy(iso, tmp_path / "strongroom.iso")
    (tmp_path / "lonely.key").write_bytes((keys / "db.key").read_bytes())
    for arguments, message in (
        (("sign", tmp_path / "no.key"), "there is no key"),
        (("sign", tmp_path / "lonely.key", tmp_path / "strongroom.iso"), "there is no certificate"),
        (("unsign", tmp_path / "strongroom.iso"), "carries no signature"),
        (("unsign", tmp_path / "no.iso"), "there is no"),
    ):
        done = secure_boot(*arguments)
        assert done.returncode != 0
        assert message in done.stderr
        assert "hint: " in done.stderr
    (tmp_path / "lonely.crt").write_bytes((keys / "PK.crt").read_bytes())
    done = secure_boot("sign", tmp_path / "lonely.key", tmp_path / "strongroom.iso")
    assert done.returncode != 0, "the certificate is another key's"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "lonely.crt",
        "lonely.key",
        "strongroom.iso",
    ]


def test_a_key_may_have_a_passphrase(keys: Path, iso: Path, signed: Path, tmp_path: Path) -> None:
    """It is asked for on the terminal, and the signature is the same."""
    shutil.copy(iso, tmp_path / "strongroom.iso")
    shutil.copy(keys / "db.crt", tmp_path)
    encrypt = ("openssl", "pkey", "-aes256", "-passout", "pass:correct horse")
    subprocess.run((*encrypt, "-in", keys / "db.key", "-out", tmp_path / "db.key"), check=True)
    command = shlex.join(
        (str(SECURE_BOOT), "sign", str(tmp_path / "db.key"), str(tmp_path / "strongroom.iso"))
    )
    terminal = ("script", "--quiet", "--return", "--command", command, "/dev/null")
    for typed, code in (("battery staple\n" * 2, 1), ("correct horse\n", 0)):
        done = subprocess.run(terminal, input=typed, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout
        assert "Enter PEM pass phrase" in done.stdout
    assert (tmp_path / "strongroom.signed.iso").read_bytes() == signed.read_bytes()
