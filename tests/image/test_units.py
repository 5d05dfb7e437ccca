"""What systemd starts, and how it is confined."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.image.conftest import OUT

pytestmark = pytest.mark.image

SYSTEM = Path("etc/systemd/system")
APPLICATION = "strongroom@.service"
MEDIA = "strongroom-media.service"
SIGNER = "strongroom-signer.service"
USB = "strongroom-usb.service"
OURS = (APPLICATION, MEDIA, SIGNER, USB)
INPUTS = Path(os.environ.get("STRONGROOM_CACHE", Path.home() / ".cache/strongroom")) / "inputs"
THRESHOLD = 19
"""Tenths of systemd's exposure level, from 0 to 100: every unit stays below 2.0."""


def settings_of(root: Path, unit: str) -> dict[str, str]:
    lines = (root / SYSTEM / unit).read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    for line in lines:
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found[name] = f"{found[name]} {value}" if found.get(name) else value
    return found


def units_with_a_process(root: Path) -> list[str]:
    """Every service in the image that runs something; a template by an instance of it."""
    found = [p for p in root.rglob("systemd/system/*.service") if "ExecStart=" in p.read_text()]
    return sorted(path.name.replace("@.", "@tty1.") for path in found)


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
        "halt",
        "reboot",
    )
    assert len(units) > 20
    assert not [unit for unit in units for part in parts if part in unit]


def test_no_generator_adds_units(root: Path) -> None:
    assert not list(root.rglob("system-generators/*"))


@pytest.fixture(scope="session")
def analyze(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """systemd-analyze of the very package that the image's systemd is from, on the image's libraries."""
    lock = (OUT / "locks/debs.lock").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines_of(lock) if line[:2] == ["target", "systemd"]]
    folder = tmp_path_factory.mktemp("systemd")
    subprocess.run(["dpkg-deb", "--extract", INPUTS / line[-1], folder], check=True)
    library = root / "usr/lib/x86_64-linux-gnu"
    path = f"{library}:{library}/systemd"
    loader = [str(library / "ld-linux-x86-64.so.2"), "--library-path", path]
    return [*loader, str(folder / "usr/bin/systemd-analyze")]


def lines_of(lock: list[str]) -> list[list[str]]:
    return [line.split() for line in lock]


def test_every_process_of_the_image_is_confined_by_systemds_own_measure(
    root: Path, analyze: list[str]
) -> None:
    units = units_with_a_process(root)
    assert {"strongroom-signer.service", "systemd-udevd.service"} <= set(units)
    levels = {}
    for unit in units:
        command = [*analyze, "security", "--offline=true", f"--root={root}"]
        done = subprocess.run(
            [*command, f"--threshold={THRESHOLD}", unit],
            capture_output=True,
            text=True,
            check=False,
        )
        levels[unit] = (done.returncode, done.stdout.splitlines()[-1:], done.stderr)
    assert {unit: level for unit, level in levels.items() if level[0] != 0} == {}


def test_systemd_finds_no_fault_in_any_unit(root: Path, analyze: list[str]) -> None:
    command = [*analyze, "verify", "--man=no", f"--root={root}", "default.target"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", OURS)
def test_our_processes_are_confined(root: Path, unit: str) -> None:
    settings = settings_of(root, unit)
    for name in (
        *("NoNewPrivileges", "ProtectKernelTunables", "ProtectControlGroups", "RestrictNamespaces"),
        *("RestrictRealtime", "RestrictSUIDSGID", "LockPersonality", "MemoryDenyWriteExecute"),
        *("PrivateMounts", "ProtectKernelModules", "ProtectKernelLogs", "ProtectClock"),
    ):
        assert settings[name] == "yes", name
    assert settings["LimitCORE"] == "0"
    assert settings["ProtectSystem"] == "strict"
    assert settings["ProtectProc"] == "invisible"
    assert settings["SystemCallArchitectures"] == "native"
    assert settings["SystemCallFilter"].startswith("@system-service")
    refused = settings["SystemCallFilter"].partition("~")[2]
    assert {"@resources", "@keyring", "@memlock", "@debug"} <= set(refused.split())


@pytest.mark.parametrize("unit", [APPLICATION, MEDIA, SIGNER])
def test_only_the_usb_service_hears_the_kernel(root: Path, unit: str) -> None:
    settings = settings_of(root, unit)
    assert settings["RestrictAddressFamilies"] == "AF_UNIX"
    assert "@privileged" in settings["SystemCallFilter"].partition("~")[2]


@pytest.mark.parametrize("unit", [MEDIA, SIGNER])
def test_what_meets_strangers_and_what_has_keys_have_a_network_of_nothing(
    root: Path, unit: str
) -> None:
    assert settings_of(root, unit)["PrivateNetwork"] == "yes"


def test_each_process_has_a_user_of_its_own(root: Path) -> None:
    users = {settings_of(root, unit)["User"] for unit in OURS}
    passwd = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
    numbers = {fields[0]: fields[2] for fields in passwd}
    assert len({numbers[user] for user in users}) == len(OURS)
    groups = [line.split(":") for line in (root / "etc/group").read_text().splitlines()]
    assert not [fields[0] for fields in groups if fields[3]], "nobody is in a group of others"


@pytest.mark.parametrize("unit", [APPLICATION, SIGNER])
def test_neither_application_nor_signer_has_any_power(root: Path, unit: str) -> None:
    settings = settings_of(root, unit)
    assert settings["CapabilityBoundingSet"] == settings["AmbientCapabilities"] == ""
    assert settings["PrivateDevices"] == "yes"
    assert "mount" not in settings["SystemCallFilter"]


def test_the_process_with_the_keys_has_no_terminal_and_no_voice(root: Path) -> None:
    settings = settings_of(root, SIGNER)
    assert "TTYPath" not in settings
    assert {settings[f"Standard{name}"] for name in ("Input", "Output", "Error")} == {"null"}
    assert settings["PrivatePIDs"] == "yes"


def test_only_the_media_service_mounts(root: Path) -> None:
    settings = settings_of(root, MEDIA)
    assert "mount umount2" in settings["SystemCallFilter"]
    allowed = {"CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE"}
    assert set(settings["CapabilityBoundingSet"].split()) == allowed


@pytest.mark.parametrize("name", ["media", "signer", "usb"])
def test_only_the_application_reaches_the_others(root: Path, name: str) -> None:
    settings = settings_of(root, f"strongroom-{name}.socket")
    assert settings["SocketMode"] == "0660"
    assert settings["SocketGroup"] == "strongroom"


def test_the_kernel_keeps_processes_apart(root: Path) -> None:
    lines = (root / "etc/sysctl.d/50-strongroom.conf").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=") for line in lines if "=" in line and not line.startswith("#"))
    assert values["kernel.yama.ptrace_scope"] == "3"
    assert values["kernel.kptr_restrict"] == "2"
    assert values["kernel.dmesg_restrict"] == "1"
    assert values["fs.suid_dumpable"] == "0"


def test_the_usb_service_has_no_capability_and_writes_to_devices_alone(root: Path) -> None:
    settings = settings_of(root, USB)
    assert settings["CapabilityBoundingSet"] == ""
    assert settings["ReadWritePaths"] == "/sys/devices /sys/bus/usb"
    assert settings["RestrictAddressFamilies"] == "AF_UNIX AF_NETLINK"


def test_no_boot_entry_lets_usb_devices_work_by_themselves(tree: Path) -> None:
    menu = (tree / "boot/grub/grub.cfg").read_text(encoding="utf-8")
    assert "authorized_default" not in menu, "the last one on the line would win"
    lines = [line.split() for line in menu.splitlines() if line.lstrip().startswith("linux ")]
    assert [line[2:4] for line in lines] == [["$quiet", "$medium"]]


def test_the_boot_menu_can_not_be_edited(tree: Path) -> None:
    menu = (tree / "boot/grub/grub.cfg").read_text(encoding="utf-8")
    assert "set superusers=nobody" in menu
    assert "password_pbkdf2" not in menu
    entries = [line for line in menu.splitlines() if line.startswith("menuentry")]
    assert entries
    assert all("--unrestricted" in line for line in entries)


def test_the_first_screen_waits_for_no_other_process(root: Path) -> None:
    waits_for = settings_of(root, APPLICATION)["After"].split()
    services = [unit for unit in waits_for if unit.endswith(".service")]
    assert services == ["systemd-sysctl.service"], "what hardens the kernel comes before it"
    assert "DefaultDependencies" in settings_of(root, APPLICATION)
