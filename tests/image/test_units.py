"""What systemd starts, and how it is confined."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.image

SYSTEM = Path("etc/systemd/system")
APPLICATION = "strongroom@.service"
MEDIA = "strongroom-media.service"
USB = "strongroom-usb.service"


def settings_of(root: Path, unit: str) -> dict[str, str]:
    lines = (root / SYSTEM / unit).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_no_unit_offers_a_shell_or_a_login(root: Path) -> None:
    units = {
        path.name for path in root.rglob("systemd/**/*") if path.suffix in {".service", ".target"}
    }
    parts = (
        "getty",
        "rescue",
        "emergency",
        "debug-shell",
        "sulogin",
        "ctrl-alt-del",
        "kexec",
        "hibernate",
    )
    assert len(units) > 20
    assert not [unit for unit in units for part in parts if part in unit]


def test_no_generator_adds_units(root: Path) -> None:
    assert not list(root.rglob("system-generators/*"))


@pytest.mark.parametrize("unit", [APPLICATION, MEDIA, USB])
def test_every_process_is_confined(root: Path, unit: str) -> None:
    settings = settings_of(root, unit)
    for name in (
        *("NoNewPrivileges", "ProtectKernelTunables", "ProtectControlGroups", "RestrictNamespaces"),
        *("RestrictRealtime", "RestrictSUIDSGID", "LockPersonality", "MemoryDenyWriteExecute"),
    ):
        assert settings[name] == "yes", name
    assert settings["LimitCORE"] == "0"
    assert settings["SystemCallArchitectures"] == "native"
    assert settings["SystemCallFilter"].startswith("@system-service")


def test_the_application_has_no_power(root: Path) -> None:
    settings = settings_of(root, APPLICATION)
    assert settings["User"] == "strongroom"
    assert settings["CapabilityBoundingSet"] == ""
    assert settings["RestrictAddressFamilies"] == "AF_UNIX"
    assert settings["SystemCallFilter"] == "@system-service"


def test_only_the_media_service_mounts(root: Path) -> None:
    settings = settings_of(root, MEDIA)
    assert settings["SystemCallFilter"] == "@system-service @mount"
    assert settings["RestrictAddressFamilies"] == "AF_UNIX AF_NETLINK"
    assert settings["PrivateMounts"] == "yes"


def test_the_usb_service_has_no_capability_and_writes_to_devices_alone(root: Path) -> None:
    settings = settings_of(root, USB)
    assert settings["CapabilityBoundingSet"] == ""
    assert settings["SystemCallFilter"] == "@system-service"
    assert settings["ReadWritePaths"] == "/sys/devices /sys/bus/usb"
    assert settings["RestrictAddressFamilies"] == "AF_UNIX AF_NETLINK"


def test_no_usb_device_works_by_itself(tree: Path) -> None:
    menu = (tree / "boot/grub/grub.cfg").read_text(encoding="utf-8")
    assert 'set usb="usbcore.authorized_default=0"' in menu
    assert menu.count("    linux /boot/vmlinuz $quiet $usb $medium $*") == 1


def test_the_boot_menu_can_not_be_edited(tree: Path) -> None:
    menu = (tree / "boot/grub/grub.cfg").read_text(encoding="utf-8")
    assert "set superusers=nobody" in menu
    assert "password_pbkdf2" not in menu
    entries = [line for line in menu.splitlines() if line.startswith("menuentry")]
    assert entries
    assert all("--unrestricted" in line for line in entries)
