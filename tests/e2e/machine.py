"""The station's computer: boots the ISO in QEMU, presses keys, reads the screen, pulls sticks.

Whatever happens, the one QEMU that was started here ends with the `with` block. Where that block
ends in failure, the serial log, the last screen and QEMU's complaints stay in out/e2e/<name>/.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.e2e import hardware
from tests.e2e.framebuffer import ConsoleFont, decode_screen
from tests.e2e.hardware import BootMedium, Firmware
from tests.e2e.picture import Picture, parse_ppm, write_png
from tests.e2e.ports import UsbPorts
from tests.e2e.qmp import Qmp, QmpError
from tests.e2e.screen import Console, KeyboardConsole, SerialConsole, press_key

if TYPE_CHECKING:
    import re
    from types import TracebackType

OUT = Path(__file__).resolve().parents[2] / "out"
ISO = OUT / "strongroom.iso"
FONT = OUT / "console-font.bin"

_END_SECONDS = 10
_MENU_SECONDS = 0.3


class Machine:
    """A running computer; use it as a context manager.

    `name` names the folder that a failure leaves behind. `by_serial` chooses which console `press`,
    `text` and `wait_for` use; the other one stays reachable as `serial` or `keyboard`. `variables` with
    keys in them turn UEFI's Secure Boot on. `extra` is added to QEMU's arguments: a network card or a
    disk that the station must not see.
    """

    def __init__(
        self,
        iso: Path = ISO,
        *,
        name: str,
        by_serial: bool = True,
        firmware: Firmware = Firmware.BIOS,
        variables: Path | None = None,
        medium: BootMedium = BootMedium.STICK,
        memory_mib: int = 512,
        extra: tuple[str, ...] = (),
        font: Path = FONT,
    ) -> None:
        if not iso.exists():
            raise FileNotFoundError(f"{iso} is not there; ./build.sh image makes it")
        self.evidence = OUT / "e2e" / name
        shutil.rmtree(self.evidence, ignore_errors=True)
        self._by_serial = by_serial
        self._memory_mib = memory_mib
        self._font = font
        self._firmware = firmware
        self._variables = variables
        self._arguments = (
            *hardware.computer(memory_mib),
            *hardware.boot_medium(iso.resolve(), medium),
            *extra,
        )

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="strongroom-machine-"))
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is not None:
                self._keep_evidence()
        finally:
            self._end()

    def _start(self) -> None:
        control, control_far = socket.socketpair()
        line, line_far = socket.socketpair()
        with control_far, line_far, (self._folder / "qemu.log").open("wb") as complaints:
            self._qemu = subprocess.Popen(
                [
                    "qemu-system-x86_64",
                    *self._arguments,
                    *hardware.firmware(self._firmware, self._folder, self._variables),
                    *("-chardev", f"socket,id=qmp,fd={control_far.fileno()}"),
                    *("-chardev", f"socket,id=serial,fd={line_far.fileno()}"),
                    *("-mon", "chardev=qmp,mode=control", "-serial", "chardev:serial", "-S"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=complaints,
                stderr=complaints,
                pass_fds=[control_far.fileno(), line_far.fileno()],
            )
        self.serial = SerialConsole(line, self._folder / "serial.log", self.running)
        self.qmp = Qmp(control)
        self.ports = UsbPorts(self.qmp)
        try:
            self.qmp.greet()
        except QmpError as error:
            raise QmpError(f"{error}: {(self._folder / 'qemu.log').read_text()}") from error
        self.qmp.execute("cont")

    # The screen and the keys

    @cached_property
    def keyboard(self) -> KeyboardConsole:
        """The screen and the keyboard; needs the font that the image build leaves behind."""
        font = ConsoleFont.read(self._font)
        return KeyboardConsole(self.qmp, self._take_picture, font, self.running)

    @property
    def console(self) -> Console:
        """The console that this machine is used by."""
        return self.serial if self._by_serial else self.keyboard

    def press(self, keys: str) -> None:
        """Press keys on the console in use, in the notation of `keyboard`."""
        self.console.press(keys)

    def text(self) -> str:
        """Return what the console in use shows now."""
        return self.console.text()

    def wait_for(self, wanted: str | re.Pattern[str], timeout: float = 30) -> str:
        """Return the screen in use once it shows `wanted`; see `Console.wait_for`."""
        return self.console.wait_for(wanted, timeout)

    def wait_gone(self, unwanted: str | re.Pattern[str], timeout: float = 30) -> str:
        """Return the screen in use once `unwanted` has left it; see `Console.wait_gone`."""
        return self.console.wait_gone(unwanted, timeout)

    def picture(self, path: Path) -> None:
        """Write what the screen shows now as a PNG."""
        write_png(self._take_picture(), path)

    def photograph(self) -> Picture:
        """Return what the screen shows now."""
        return self._take_picture()

    def framebuffer_text(self) -> str:
        """Return the text on the screen, whichever console is in use."""
        return "\n".join(decode_screen(self._take_picture(), ConsoleFont.read(self._font)))

    def serial_log(self) -> bytes:
        """Return everything that came over the serial line."""
        return (self._folder / "serial.log").read_bytes()

    def choose_boot_entry(self, key: str, timeout: float = 60) -> None:
        """Press an entry's key in the boot menu, which the serial line shows too, until it is left.

        The menu waits only seconds and may miss a press, so that the key is pressed again and
        again. Raises ScreenTimeoutError when the menu does not come or does not go within `timeout`
        seconds.
        """
        label = f"({key})"
        self.serial.wait_for(label, timeout)
        deadline = time.monotonic() + timeout
        while label in self.serial.text():
            if time.monotonic() > deadline:
                self.serial.wait_gone(label, 0)
            press_key(self.qmp, key)
            time.sleep(_MENU_SECONDS)

    def _take_picture(self) -> Picture:
        dump = self._folder / "screen.ppm"
        self.qmp.execute("screendump", filename=str(dump))
        return parse_ppm(dump.read_bytes())

    # Sticks

    def plug(self, image: Path, name: str, *, bytes_per_second: int | None = None) -> None:
        """Plug a stick in; see `UsbPorts.plug`."""
        self.ports.plug(image, name, bytes_per_second=bytes_per_second)

    def unplug(self, name: str) -> None:
        """Pull a stick out; see `UsbPorts.unplug`. The one booted from is called "boot"."""
        self.ports.unplug(name)

    # The end

    def running(self) -> bool:
        """Return whether the machine is still on."""
        return self._qemu.poll() is None

    def power_off_wait(self, timeout: float = 60) -> None:
        """Return once the station has switched the machine off by itself; anything else raises.

        A machine that restarts instead, or is still on after `timeout` seconds, raises
        AssertionError.
        """
        try:
            reason = self.qmp.wait_event("SHUTDOWN", timeout=timeout)["reason"]
            self._qemu.wait(_END_SECONDS)
        except (QmpError, subprocess.TimeoutExpired) as error:
            raise AssertionError(f"the machine is not off: {error}\n{self.text()}") from error
        if reason != "guest-shutdown":
            raise AssertionError(f"the machine ended by {reason}, not by its own power-off")

    def cut_power(self) -> None:
        """End the machine in this instant, as a power cut does."""
        self._qemu.kill()
        self._qemu.wait(_END_SECONDS)

    def halted_wait(self, timeout: float = 60) -> None:
        """Return once the station has switched itself off, for a machine started with `-no-shutdown`.

        Such a machine stays, with its memory as it was when the power would have gone.
        """
        reason = self.qmp.wait_event("SHUTDOWN", timeout=timeout)["reason"]
        if reason != "guest-shutdown":
            raise AssertionError(f"the machine ended by {reason}, not by its own power-off")

    def save_memory(self, path: Path) -> None:
        """Write all of the machine's memory to a file, as it is at this instant."""
        is_running = self.qmp.execute("query-status")["return"]["running"]
        self.qmp.execute("stop")
        self.qmp.execute("pmemsave", val=0, size=self._memory_mib << 20, filename=str(path))
        if is_running:
            self.qmp.execute("cont")

    def _keep_evidence(self) -> None:
        self.evidence.mkdir(parents=True, exist_ok=True)
        (self.evidence / "serial.txt").write_text(self.serial.text() + "\n")
        try:
            self.picture(self.evidence / "screen.png")
        except (QmpError, ValueError, OSError) as error:
            (self.evidence / "screen.txt").write_text(f"no picture: {error}\n")
        for log in ("serial.log", "qemu.log"):
            shutil.copy(self._folder / log, self.evidence / log)

    def _end(self) -> None:
        qemu = getattr(self, "_qemu", None)
        if qemu is not None and qemu.poll() is None:
            self.cut_power()
        if hasattr(self, "serial"):
            self.serial.close()
        shutil.rmtree(self._folder, ignore_errors=True)
