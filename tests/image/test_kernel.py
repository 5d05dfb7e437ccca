"""The kernel in the ISO, by the configuration that it carries inside itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.image.conftest import OUT, REPOSITORY, parse_options

pytestmark = pytest.mark.image

FRAGMENT = parse_options((REPOSITORY / "image/kernel.config").read_text(encoding="utf-8"))


def test_every_line_of_the_fragment_holds(kernel_config: dict[str, str]) -> None:
    refused = {name for name, value in FRAGMENT.items() if kernel_config.get(name, "n") != value}
    assert not refused
    assert len(FRAGMENT) > 100


@pytest.mark.parametrize(
    "absent",
    [
        *(
            "INET",
            "IPV6",
            "PACKET",
            "NETDEVICES",
            "ETHERNET",
            "WIRELESS",
            "WLAN",
            "CFG80211",
            "BT",
            "NFC",
        ),
        *(
            "CAN",
            "VSOCKETS",
            "TUN",
            "USB_NET_DRIVERS",
            "USB_USBNET",
            "XDP_SOCKETS",
            "NETFILTER",
            "IP_SCTP",
        ),
        *(
            "MODULES",
            "KEXEC",
            "KEXEC_FILE",
            "HIBERNATION",
            "SUSPEND",
            "SWAP",
            "COREDUMP",
            "MAGIC_SYSRQ",
        ),
        *("BPF_SYSCALL", "IO_URING", "USERFAULTFD", "USER_NS", "DEVMEM", "PROC_KCORE", "DEBUG_FS"),
        *(
            "ATA",
            "BLK_DEV_NVME",
            "MMC",
            "VIRTIO",
            "VIRTIO_BLK",
            "SCSI_LOWLEVEL",
            "MD",
            "BLK_DEV_LOOP",
        ),
        *(
            "I2C_CHARDEV",
            "GPIO_CDEV",
            "INPUT_EVDEV",
            "HIDRAW",
            "SOUND",
            "MEDIA_SUPPORT",
            "USB_SERIAL",
            "USB4",
            "FIREWIRE",
            "USB_GADGET",
        ),
    ],
)
def test_the_kernel_does_not_have(kernel_config: dict[str, str], absent: str) -> None:
    assert f"CONFIG_{absent}" not in kernel_config


@pytest.mark.parametrize(
    "present",
    [
        *("USB_XHCI_HCD", "USB_EHCI_HCD", "USB_OHCI_HCD", "USB_UHCI_HCD", "USB_STORAGE", "USB_UAS"),
        *("KEYBOARD_ATKBD", "SERIO_I8042", "USB_HID", "HID_GENERIC", "I2C_HID_ACPI"),
        *("USB_XHCI_PCI", "USB_EHCI_PCI", "USB_OHCI_HCD_PCI", "DMIID", "SYSFB"),
        *("I2C_DESIGNWARE_PLATFORM", "MFD_INTEL_LPSS_PCI", "PINCTRL_AMD", "PINCTRL_TIGERLAKE"),
        *("PINCTRL_METEORPOINT", "PINCTRL_INTEL_PLATFORM", "FRAMEBUFFER_CONSOLE"),
        *("VGA_CONSOLE", "FB_VESA", "FB_EFI", "FONT_8x16", "FONT_TER16x32", "SERIAL_8250_CONSOLE"),
    ],
)
def test_the_kernel_drives_what_people_have(kernel_config: dict[str, str], present: str) -> None:
    assert kernel_config.get(f"CONFIG_{present}") == "y"


@pytest.mark.parametrize(
    "present",
    [
        *("LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY", "SECURITY_LOCKDOWN_LSM_EARLY"),
        *("INIT_ON_ALLOC_DEFAULT_ON", "INIT_ON_FREE_DEFAULT_ON", "INIT_STACK_ALL_ZERO"),
        *("SECURITY_YAMA", "SECCOMP_FILTER", "PROC_MEM_NO_FORCE", "NET_NS", "PID_NS"),
        *("STRICT_KERNEL_RWX", "RANDOMIZE_BASE", "HARDENED_USERCOPY", "VMAP_STACK"),
    ],
)
def test_the_kernel_has(kernel_config: dict[str, str], present: str) -> None:
    assert kernel_config[f"CONFIG_{present}"] == "y"


def test_no_usb_device_works_by_itself(kernel_config: dict[str, str]) -> None:
    assert kernel_config["CONFIG_CMDLINE"] == '"usbcore.authorized_default=0"'


def test_no_driver_of_any_network_device(kernel_config: dict[str, str]) -> None:
    prefixes = (
        "CONFIG_NET_VENDOR_",
        "CONFIG_USB_NET_",
        "CONFIG_WLAN_",
        "CONFIG_BT_",
        "CONFIG_NFC_",
    )
    assert not [name for name in kernel_config if name.startswith(prefixes)]


def test_nothing_is_a_module(kernel_config: dict[str, str]) -> None:
    assert "m" not in kernel_config.values()


def test_the_published_configuration_is_the_one_inside(kernel_config: dict[str, str]) -> None:
    assert parse_options((OUT / "kernel.config").read_text(encoding="utf-8")) == kernel_config


def test_the_font_has_every_glyph(iso: Path) -> None:
    font = (iso.parent / "console-font.bin").read_bytes()
    assert len(font) == 256 * 16
    assert font[0x20 * 16 : 0x21 * 16] == bytes(16)
    assert font[0xDB * 16 : 0xDC * 16] == b"\xff" * 16
