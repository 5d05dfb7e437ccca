"""USB devices of any description: this program is the device, behind QEMU's usb-redir.

The usbredir protocol (version 0.7, without capabilities) carries what the guest asks: its descriptors are of
a Bluetooth radio, a keyboard that is also a network card, one that lies about itself.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.machine import Machine

_HEADER = struct.Struct("<III")
_CONTROL = struct.Struct("<BBBBHHH")
_HELLO, _CONNECT, _RESET, _INTERFACES, _ENDPOINTS = 0, 1, 3, 4, 5
_SET_CONFIGURATION, _GET_CONFIGURATION, _CONFIGURATION = 6, 7, 8
_SET_SETTING, _GET_SETTING, _SETTING = 9, 10, 11
_START_INTERRUPTS, _STOP_INTERRUPTS, _INTERRUPTS = 15, 16, 17
_CANCEL, _CONTROL_PACKET, _INTERRUPT_PACKET = 21, 100, 103
_FULL_SPEED, _INVALID, _INTERRUPT, _STALL, _CANCELLED = 1, 255, 3, 4, 1
_SLOTS = 32
_GET_DESCRIPTOR, _DEVICE, _CONFIG, _STRING, _HID_REPORT = 6, 1, 2, 3, 0x22
HUB_PORT = "5.7"
"""Where a machine needs a hub: on a port that could be faster QEMU wants more of the protocol."""
_KEYS = {letter: 4 + place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
_KEYS |= {"\n": 0x28, "\x1b": 0x29, " ": 0x2C} | {str(n): 0x1D + n for n in range(1, 10)}


@dataclass
class Redirected:
    """One device: `descriptors` as the kernel reads them, a report descriptor, and a name."""

    descriptors: bytes
    report: bytes = b""
    name: str = "Test device"
    asked_for_report: int = 0
    _configuration: int = 0
    _line: socket.socket | None = None
    _receiving: set[int] = field(default_factory=set)
    _sending: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, line: socket.socket) -> None:
        """Answer until QEMU closes the line."""
        self._line = line
        self._send(_HELLO, 0, b"strongroom tests".ljust(64, b"\0"))
        with suppress(OSError, EOFError):
            while True:
                kind, size, number = _HEADER.unpack(_exactly(line, _HEADER.size))
                self._answer(kind, number, _exactly(line, size))

    def type(self, keys: str) -> int:
        """Press and release keys, as fast as a machine can; returns how many were sent to the guest."""
        if 0x81 not in self._receiving:
            return 0
        for key in keys:
            for report in (bytes((0, 0, _KEYS[key], 0, 0, 0, 0, 0)), bytes(8)):
                self._send(_INTERRUPT_PACKET, 0, struct.pack("<BBH", 0x81, 0, 8) + report)
        return len(keys)

    def _answer(self, kind: int, number: int, body: bytes) -> None:
        if kind == _HELLO:
            self._connect()
        elif kind == _SET_CONFIGURATION:
            self._configuration = body[0]
            self._describe()
            self._send(_CONFIGURATION, number, bytes((0, self._configuration)))
        elif kind == _GET_CONFIGURATION:
            self._send(_CONFIGURATION, number, bytes((0, self._configuration)))
        elif kind in {_SET_SETTING, _GET_SETTING}:
            self._send(_SETTING, number, bytes((0, body[0], body[1] if len(body) > 1 else 0)))
        elif kind == _START_INTERRUPTS:
            self._receiving.add(body[0])
            self._send(_INTERRUPTS, number, bytes((0, body[0])))
        elif kind == _STOP_INTERRUPTS:
            self._receiving.discard(body[0])
            self._send(_INTERRUPTS, number, bytes((0, body[0])))
        elif kind == _CONTROL_PACKET:
            self._control(number, body)
        elif kind == _RESET:
            self._receiving.clear()

    def _connect(self) -> None:
        self._describe()
        vendor, product = struct.unpack_from("<HH", self.descriptors, 8)
        kind = self.descriptors[4:7]
        self._send(_CONNECT, 0, struct.pack("<B3sHH", _FULL_SPEED, kind, vendor, product))

    def _describe(self) -> None:
        """Tell QEMU the interfaces and endpoints of the first configuration."""
        config = self._configurations()[0]
        interfaces, types, owners, current, offset = [], [_INVALID] * _SLOTS, [0] * _SLOTS, 0, 0
        types[0] = types[16] = 0
        while offset < len(config):
            size, kind = config[offset : offset + 2]
            item = config[offset : offset + size]
            if kind == 4 and item[3] == 0:
                current = item[2]
                interfaces.append((current, *item[5:8]))
            elif kind == 5:
                slot = (item[2] & 0x80) >> 3 | item[2] & 0x0F
                types[slot], owners[slot] = item[3] & 3, current
            offset += size
        columns = [bytes(column).ljust(_SLOTS, b"\0") for column in zip(*interfaces, strict=True)]
        self._send(_INTERFACES, 0, struct.pack("<I", len(interfaces)) + b"".join(columns))
        intervals = bytes(10 if kind == _INTERRUPT else 0 for kind in types)
        self._send(_ENDPOINTS, 0, bytes(types) + intervals + bytes(owners))

    def _configurations(self) -> list[bytes]:
        found, offset = [], 18
        while offset < len(self.descriptors):
            size = int.from_bytes(self.descriptors[offset + 2 : offset + 4], "little")
            found.append(self.descriptors[offset : offset + size])
            offset += size
        return found

    def _control(self, number: int, body: bytes) -> None:
        endpoint, request, request_type, _, value, index, length = _CONTROL.unpack_from(body)
        data: bytes | None = b""
        if request == _GET_DESCRIPTOR and request_type & 0x80:
            data = self._descriptor(value >> 8, value & 0xFF)
        elif request_type & 0x80:
            data = bytes(length)
        status = 0 if data is not None else _STALL
        sent = (data or b"")[:length]
        head = _CONTROL.pack(
            endpoint,
            request,
            request_type,
            status,
            value,
            index,
            len(sent) or (length if not request_type & 0x80 else 0),
        )
        self._send(_CONTROL_PACKET, number, head + sent)

    def _descriptor(self, kind: int, place: int) -> bytes | None:
        if kind == _DEVICE:
            return self.descriptors[:18]
        if kind == _CONFIG and place < len(self._configurations()):
            return self._configurations()[place]
        if kind == _HID_REPORT:
            self.asked_for_report += 1
            return self.report
        if kind == _STRING:
            text = self.name.encode("utf-16-le") if place else b"\x09\x04"
            return bytes((len(text) + 2, 3)) + text
        return None

    def _send(self, kind: int, number: int, body: bytes) -> None:
        assert self._line is not None
        with self._sending:
            self._line.sendall(_HEADER.pack(kind, len(body), number) + body)


@contextmanager
def redirected(
    machine: Machine, device: Redirected, name: str, folder: Path
) -> Iterator[Redirected]:
    """Plug the device in as long as the block runs."""
    path = folder / f"{name}.sock"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    address = {"type": "unix", "data": {"path": str(path)}}
    backend = {"type": "socket", "data": {"addr": address, "server": False}}
    machine.qmp.execute("chardev-add", id=name, backend=backend)
    line, _ = listener.accept()
    with listener, line:
        server = threading.Thread(target=device.serve, args=(line,), daemon=True)
        server.start()
        where = {"bus": "xhci.0", "port": HUB_PORT}
        machine.qmp.execute("device_add", driver="usb-redir", id=name, chardev=name, **where)
        try:
            yield device
        finally:
            machine.ports.unplug_device(name)
            server.join(timeout=5)
            path.unlink()


def _exactly(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = line.recv(size - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return data
