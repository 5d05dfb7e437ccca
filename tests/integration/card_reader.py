"""Debian's pcscd with a virtual reader, and a gpg home whose scdaemon asks it: the way a real card is reached.

Unpacked once into the cache, without root and without installing anything. The daemon runs in namespaces of its
own, where a folder of the test is /run; nothing of the host's own readers is touched.
"""

from __future__ import annotations

import platform
import shutil
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

from tests.integration.node import cache, locked
from tests.integration.openpgp_card import CardSlot

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from tests.integration.openpgp_card import OpenpgpCard

_PACKAGES = "scdaemon,pcscd,vsmartcard-vpcd"
_START_SECONDS = 20.0
_DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
_START = """mount --bind "$1" "$2/run" || exit
daemon=/usr/sbin/pcscd
chroot "$2" $daemon --help | grep -q disable-polkit && daemon="$daemon --disable-polkit"
exec chroot "$2" $daemon -f -c /run/reader.conf
"""
_PINENTRY = """#!{python}
import pathlib, sys
pin, asked = sys.argv[0] + ".pin", sys.argv[0] + ".asked"
print("OK", flush=True)
for line in sys.stdin:
    with open(asked, "a") as file:
        file.write(line)
    if line.startswith("GETPIN"):
        print("D", pathlib.Path(pin).read_text(), flush=True)
    print("OK", flush=True)
    if line.startswith("BYE"):
        break
"""


def _root() -> Path:
    """The unpacked programs, of the Debian that this is, so that scdaemon fits the host's gpg."""
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    folder = cache() / f"cards-{suite}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):
        if not folder.is_dir():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            recommends = '--aptopt=APT::Install-Recommends "false"'
            command = (
                "mmdebstrap",
                "--quiet",
                "--variant=extract",
                f"--include={_PACKAGES}",
                recommends,
            )
            subprocess.run((*command, suite, str(partial)), check=True)
            (partial / "run").mkdir(exist_ok=True)
            partial.rename(folder)
    return folder


class CardReader:
    """A reader with `card` in it, below `folder`; a context manager."""

    def __init__(self, card: OpenpgpCard, folder: Path) -> None:
        self._root, self._run = _root(), folder / "run"
        first = _free_pair()
        # the driver insists on two slots
        self._slots = (CardSlot(card, first), CardSlot(card, first + 1))
        (self._run / "pcscd").mkdir(parents=True)
        lines = (
            'FRIENDLYNAME "Virtual"',
            f"DEVICENAME 127.0.0.1:{first}",
            f"LIBPATH {_DRIVER}",
            f"CHANNELID {first:#x}",
        )
        (self._run / "reader.conf").write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        for slot in self._slots:
            slot.__enter__()
        command = ("unshare", "-rm", "sh", "-c", _START, "sh")
        with (self._run / "log").open("wb") as log:
            self._process = subprocess.Popen(
                (*command, str(self._run), str(self._root)), stdout=log, stderr=log
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._socket.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._run / "log").read_text())
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
        for slot in self._slots:
            slot.__exit__(kind, error, trace)

    @property
    def _socket(self) -> Path:
        return self._run / "pcscd" / "pcscd.comm"

    def open_home(self, home: Path, pin: str) -> None:
        """A new gpg home that reaches this reader, and a person who types `pin` when gpg asks for it."""
        home.mkdir(mode=0o700)
        folders = [*self._root.glob("usr/lib/*-linux-gnu"), *self._root.glob("lib/*-linux-gnu")]
        (linker, *_), (client, *_) = (
            [found for folder in folders for found in folder.glob(pattern)]
            for pattern in ("ld-linux-*.so.*", "libpcsclite.so.1")
        )
        scdaemon = home / "scdaemon.sh"
        scdaemon.write_text(
            f'#!/bin/sh\nexport PCSCLITE_CSOCK_NAME="{self._socket}"\n'
            f'exec "{linker}" --library-path "{":".join(map(str, folders))}" '
            f'"{self._root}/usr/lib/gnupg/scdaemon" "$@"\n'
        )
        pinentry = home / "pinentry.py"
        pinentry.write_text(_PINENTRY.format(python=sys.executable))
        (home / "pinentry.py.pin").write_text(pin)
        for script in (scdaemon, pinentry):
            script.chmod(0o700)
        (home / "gpg-agent.conf").write_text(
            f"scdaemon-program {scdaemon}\npinentry-program {pinentry}\n"
        )
        (home / "scdaemon.conf").write_text(f"disable-ccid\npcsc-driver {client}\n")


def _free_pair() -> int:
    """The first of two free ports beside each other."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
