"""A machine on which all is well, and what gpg and gpgv say there of the self-test's certificate."""

from __future__ import annotations

from strongroom.core.bundle.model import OpenpgpReport
from strongroom.core.machine.model import Hardware, Medium

HARDWARE = Hardware(
    computer="Acme Laptop",
    firmware="BIOS",
    processor="Acme One",
    threads=2,
    memory=1 << 30,
    hypervisor="",
    medium=Medium.STICK,
    interfaces=("lo",),
    families=("unix", "netlink"),
    disks=(),
    keyboards=("PS/2",),
    usb=(),
    lockdown="confidentiality",
    has_modules=False,
    has_swap=False,
)

_NUMBER = "1C36812B225014F03D2B61BF2D2496EDCB685A52"
_KEY = "2D2496EDCB685A52"
LISTING = (
    f"pub:-:255:22:{_KEY}:1795636595:::-:::scSC:::::ed25519:::0:\n"
    f"fpr:::::::::{_NUMBER}:\n"
    "uid:-::::1795636595::1F944C570A5FDBEFD43BC6E81E88EE5770DE5321::Strongroom self-test::::::::::0:\n"
).encode()
GOOD_STATUS = (
    "[GNUPG:] NEWSIG\n"
    f"[GNUPG:] KEY_CONSIDERED {_NUMBER} 0\n"
    "[GNUPG:] SIG_ID vMOT+J+Nq83WdAOPH/1pV7Z1tnM 2026-11-25 1795636595\n"
    f"[GNUPG:] GOODSIG {_KEY} Strongroom self-test\n"
    f"[GNUPG:] VALIDSIG {_NUMBER} 2026-11-25 1795636595 0 4 0 22 8 00 {_NUMBER}\n"
).encode()
BAD_STATUS = (
    "[GNUPG:] NEWSIG\n"
    f"[GNUPG:] KEY_CONSIDERED {_NUMBER} 0\n"
    f"[GNUPG:] BADSIG {_KEY} Strongroom self-test\n"
).encode()
GOOD = OpenpgpReport(status=GOOD_STATUS, listing=LISTING)
BAD = OpenpgpReport(status=BAD_STATUS, listing=LISTING)
