"""What is in the root file system, and above all what is not."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from strongroom.core.attestation import check_image, parse_attestation
from strongroom.core.words import pgp_words
from tests.image.conftest import OUT, REPOSITORY

pytestmark = pytest.mark.image

PACKAGES = Path("usr/lib/python3/dist-packages")


def names_of(root: Path, *folders: str) -> set[str]:
    return {path.name for folder in folders for path in (root / folder).iterdir()}


def test_the_iso_is_small(iso: Path) -> None:
    assert iso.stat().st_size <= 64_000_000


def test_the_iso_has_nothing_but_what_boots(tree: Path) -> None:
    files = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    menu = {"boot/grub/grub.cfg", "boot/grub/loopback.cfg", "boot/grub/places.cfg"}
    loaders = {"boot/grub/bios.img", "boot/efi.img"}
    assert files - {"boot.catalog", "boot/grub/boot.cat"} == loaders | menu


def test_one_signature_covers_menu_kernel_and_system(tree: Path, boot: Path) -> None:
    files = {str(path.relative_to(boot)) for path in boot.rglob("*") if path.is_file()}
    assert files == {"grub/grub.cfg", "vmlinuz", "system.squashfs"}
    assert (boot / "grub/grub.cfg").read_bytes() == (tree / "boot/grub/grub.cfg").read_bytes()


def test_the_bios_loader_reads_the_very_kernel_and_system_of_the_uefi_loader(
    tree: Path, boot: Path
) -> None:
    efi = (tree / "boot/efi.img").read_bytes()
    places = (tree / "boot/grub/places.cfg").read_text(encoding="utf-8")
    for variable, name in (("kernel", "vmlinuz"), ("system", "system.squashfs")):
        found = re.search(rf"^set {variable}=\(esp\)(\d+)\+(\d+)$", places, re.MULTILINE)
        assert found is not None
        first, count = (int(number) * 512 for number in found.groups())
        data = (boot / name).read_bytes()
        assert efi[first : first + count] == data.ljust(count, b"\0")


def test_programs_are_the_ones_that_were_chosen(root: Path) -> None:
    assert names_of(root, "usr/bin") == {
        *(
            "gpg",
            "gpg-agent",
            "gpgconf",
            "gpgv",
            "mount",
            "umount",
            "python3",
            "python3.13",
            "udevadm",
        )
    }
    assert names_of(root, "usr/sbin") == {"init", "ldconfig"}


def test_our_own_programs_are_three(root: Path) -> None:
    programs = {"prepare-console"}
    assert names_of(root, "usr/lib/strongroom") == programs | {"keymaps"}


def test_no_kernel_module_and_no_firmware(root: Path) -> None:
    assert not [path for path in root.rglob("*") if ".ko" in path.suffixes]
    assert not (root / "usr/lib/modules").exists()
    assert not (root / "usr/lib/firmware").exists()


@pytest.mark.parametrize(
    "tool",
    [
        *(
            "ip",
            "ifconfig",
            "ping",
            "ssh",
            "curl",
            "wget",
            "nc",
            "dhcpcd",
            "dhclient",
            "wpa_supplicant",
        ),
        *("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "networkctl", "dirmngr"),
        *("sh", "bash", "dash", "busybox", "login", "agetty", "sulogin", "su", "sudo", "sshd"),
        *("apt", "apt-get", "dpkg", "perl", "pip", "pip3", "systemd-logind", "systemd-journald"),
    ],
)
def test_there_is_no(root: Path, tool: str) -> None:
    assert not list(root.rglob(tool))


def test_python_has_no_module_that_talks_to_a_network(root: Path) -> None:
    library = root / "usr/lib/python3.13"
    gone = ("ftplib", "http", "imaplib", "poplib", "smtplib", "socketserver", "ssl", "xmlrpc")
    assert not [name for name in gone if list(library.glob(f"{name}*"))]
    assert not list(library.glob("urllib/request*"))
    assert not list(library.glob("lib-dynload/_ssl*"))


def test_of_our_own_code_the_online_half_stays_out(root: Path) -> None:
    folders = {path.name for path in (root / PACKAGES / "strongroom").iterdir() if path.is_dir()}
    assert {"core", "station"} <= folders
    assert "online" not in folders
    assert not list((root / PACKAGES).glob("click*"))


def test_the_application_is_the_repositorys(root: Path) -> None:
    source = REPOSITORY / "app/strongroom"
    shipped = sorted((root / PACKAGES / "strongroom").rglob("*.py"))
    assert shipped
    changed = [
        path.name
        for path in shipped
        if path.read_bytes()
        != (source / path.relative_to(root / PACKAGES / "strongroom")).read_bytes()
    ]
    assert not changed, "the image is older than the tree: ./build.sh image"


def test_embit_brings_no_library_and_no_fallback(root: Path) -> None:
    embit = root / PACKAGES / "embit"
    assert not [path for path in embit.rglob("*") if path.suffix in {".so", ".dll", ".dylib"}]
    assert not (embit / "util/py_secp256k1.py").exists()
    assert (root / "usr/lib/x86_64-linux-gnu/libsecp256k1.so.2").exists()
    assert b"libsecp256k1.so.2" in (root / "etc/ld.so.cache").read_bytes()


def test_bytecode_is_never_checked_against_a_clock(root: Path) -> None:
    compiled = sorted(root.rglob("*.pyc"))
    assert len(compiled) > 200
    flags = {path.read_bytes()[4:8] for path in compiled}
    assert flags == {b"\x01\x00\x00\x00"}, "1: hash-based, source not checked"


def test_nobody_can_log_in(root: Path) -> None:
    shadow = (root / "etc/shadow").read_text(encoding="utf-8").splitlines()
    passwd = (root / "etc/passwd").read_text(encoding="utf-8").splitlines()
    assert {line.split(":")[1] for line in shadow} == {"!*"}
    assert {line.split(":")[-1] for line in passwd} == {"/usr/sbin/nologin"}
    assert {line.split(":")[0] for line in passwd} == {line.split(":")[0] for line in shadow}


def test_the_machine_has_no_identity(root: Path) -> None:
    assert (root / "etc/machine-id").read_bytes() == b""
    assert not list(root.rglob("random-seed"))
    assert not list((root / "etc").glob("*.pem")) + list((root / "etc").glob("ssh*"))


def test_everything_is_roots_and_nothing_is_setuid(listing: tuple[str, ...]) -> None:
    assert len(listing) > 1000
    assert {line.split()[1] for line in listing} == {"0/0"}
    assert not [line for line in listing if re.match(r"^.(..s|.....s)", line)]
    writable = [line for line in listing if re.match(r"^[^l].{7}w", line)]
    assert not writable


def test_the_release_says_what_it_is(root: Path) -> None:
    release = json.loads((root / "etc/strongroom/release.json").read_bytes())
    contents = (OUT / "strongroom.contents").read_bytes()
    assert release["image_digest"] == hashlib.sha256(contents).hexdigest()
    assert set(release) == {"version", "commit", "source_date_epoch", "built", "image_digest"}
    assert release["commit"] == "uncommitted" or re.fullmatch("[0-9a-f]{40}", release["commit"])


def test_the_contents_list_is_the_root_file_system(root: Path) -> None:
    lines = (OUT / "strongroom.contents").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split(None, 1) for line in lines)}
    files = {
        f"./{path.relative_to(root)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    files.pop("./etc/strongroom/release.json")
    assert listed == files


# What describes the image


def test_the_digest_stands_there_in_hex_and_in_words(iso: Path) -> None:
    digest = hashlib.sha256(iso.read_bytes())
    assert (OUT / "strongroom.iso.sha256").read_text() == f"{digest.hexdigest()}  strongroom.iso\n"
    words = (OUT / "strongroom.iso.words").read_text().split()
    assert words == list(pgp_words(digest.digest()))


def test_the_attestation_is_of_this_image(iso: Path, root: Path) -> None:
    attestation = parse_attestation((OUT / "strongroom.attestation.json").read_bytes())
    release = json.loads((root / "etc/strongroom/release.json").read_bytes())
    digest = hashlib.sha256(iso.read_bytes()).hexdigest()
    check_image(attestation, size=iso.stat().st_size, sha256=digest)
    assert attestation.commit == release["commit"]
    assert attestation.image_digest == release["image_digest"]


def test_the_parts_list_names_every_input_with_its_digest() -> None:
    sbom = json.loads((OUT / "strongroom.cdx.json").read_bytes())
    assert (sbom["bomFormat"], sbom["specVersion"], sbom["version"]) == ("CycloneDX", "1.6", 1)
    parts = {part["name"]: part for part in sbom["components"]}
    assert len(parts) == len(sbom["components"])
    lines = [
        line.split()
        for lock in ("debs.lock", "kernel.lock")
        for line in (OUT / "locks" / lock).read_text().splitlines()
        if line.startswith(("target ", "kernel "))
    ]
    assert len(lines) > 50
    for _, name, version, arch, sha256 in lines:
        part = parts[name]
        assert (part["version"], part["hashes"][0]["content"]) == (version, sha256)
        assert f"?arch={arch}&distro=debian-trixie" in part["purl"]
    assert {"embit", "coincurve", "grub-pc-bin", "grub-efi-amd64-bin"} <= set(parts)
    assert parts["libssl3t64"]["purl"].endswith("&upstream=openssl")
    references = [part["bom-ref"] for part in sbom["components"]]
    assert sbom["dependencies"][0]["dependsOn"] == references
    digest = (OUT / "strongroom.iso.sha256").read_text().split()[0]
    assert sbom["metadata"]["component"]["hashes"][0]["content"] == digest
