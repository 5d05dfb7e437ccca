"""The media service on real ext4 file systems behind loop devices: mounting, reading, writing, failing."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest

from strongroom.core.errors import Fault
from strongroom.core.session.values import OutFile
from strongroom.station.adapters.media_client import MediaClient
from strongroom.station.media.protocol import Claim, Look, Stick, receive, send
from strongroom.station.media.service import MediaService
from strongroom.station.media.sticks import GivenSticks, PluggedStick

SIZE = 4 * 1024 * 1024
WAIT = 10.0

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting takes root"),
]


class LoopStick:
    """An image file as a block device; `path` may be changed by other means while it is not mounted."""

    def __init__(self, image: Path, name: str) -> None:
        self.image = image
        image.write_bytes(bytes(SIZE))
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True, capture_output=True)
        found = subprocess.run(
            ["losetup", "--find", "--show", image], check=True, capture_output=True, text=True
        )
        self.device = Path(found.stdout.strip())
        stick = Stick(id=f"{name}#1", label=name, filesystem="ext4", size=SIZE)
        self.plugged = PluggedStick(stick, self.device, "ext4")

    @property
    def stick(self) -> Stick:
        """What a console calls it."""
        return self.plugged.stick

    def change(self, *commands: str) -> str:
        """Run debugfs commands on the file system."""
        script = "\n".join(commands)
        done = subprocess.run(
            ["debugfs", "-w", "-f", "-", self.device],
            input=script,
            check=True,
            capture_output=True,
            text=True,
        )
        subprocess.run(["blockdev", "--flushbufs", self.device], check=True)
        return done.stdout

    def detach(self) -> None:
        """Free the loop device; it would stay write-protected for its next user."""
        subprocess.run(["blockdev", "--setrw", self.device], check=True)
        subprocess.run(["losetup", "--detach", self.device], check=True)


class Room:
    """A running service, its sticks, and a way to connect."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sticks = [LoopStick(folder / f"{name}.img", name) for name in ("INBOX", "VAULT")]
        self.source = GivenSticks(tuple(stick.plugged for stick in self.sticks))
        self.mount = folder / "mount"
        self.switched_off = Event()
        service = MediaService(
            source=self.source,
            directory=self.mount,
            user_id=65534,
            switch_off=self.switched_off.set,
        )
        self.socket = folder / "media.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.socket))
        self.listener.listen()
        Thread(target=service.accept, args=(self.listener,), daemon=True).start()

    def connect(self, console: str = "tty1") -> MediaClient:
        """A console that holds the session."""
        client = MediaClient(str(self.socket))
        assert client.claim(console) == console
        return client

    def check_clean(self) -> None:
        """Nothing is mounted."""
        assert str(self.mount) not in Path("/proc/self/mountinfo").read_text()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.listener.close()
    made.check_clean()
    for stick in made.sticks:
        stick.detach()


def put(stick: LoopStick, name: str, data: bytes, folder: Path) -> None:
    """Have a file on the stick that some other computer wrote."""
    source = folder / "source"
    source.write_bytes(data)
    stick.change(f'write {source} "{name}"')


def refuses(rule: str, message: str = "") -> pytest.RaisesExc[Fault]:
    """Raises exactly this rule."""
    return pytest.raises(Fault, check=lambda fault: fault.rule == rule and message in fault.message)


def test_files_are_listed_and_read(room: Room, tmp_path: Path) -> None:
    inbox, _ = room.sticks
    data = os.urandom(1_500_000)
    put(inbox, "a.request", data, tmp_path)
    put(inbox, "B.REQUEST", b"", tmp_path)
    put(inbox, "other.txt", b"x", tmp_path)
    inbox.change("mkdir folder.request")
    client = room.connect()
    listing = client.look(inbox.stick, ".request")
    assert [(file.name, file.size) for file in listing.files] == [
        ("B.REQUEST", 0),
        ("a.request", len(data)),
    ]
    assert 0 < listing.free < SIZE
    assert client.read(inbox.stick, "a.request", 2_000_000) == data
    room.check_clean()


def test_caps_links_and_odd_names_are_refused(room: Room, tmp_path: Path) -> None:
    inbox, _ = room.sticks
    put(inbox, "big.request", bytes(1001), tmp_path)
    inbox.change(
        "symlink link.request /etc/shadow",
        "mknod pipe.request p",
        "mknod disk.request b 8 0",
        "mkdir folder.request",
    )
    put(inbox, "odd\u202egpj.request", b"x", tmp_path)
    client = room.connect()
    listing = client.look(inbox.stick, ".request")
    assert [file.name for file in listing.files] == ["big.request"]
    assert listing.skipped == 1
    with refuses("MEDIA-SIZE", "1001 bytes"):
        client.read(inbox.stick, "big.request", 1000)
    for name in ("link", "pipe", "disk", "folder", "missing"):
        with refuses("MEDIA-READ"):
            client.read(inbox.stick, f"{name}.request", 1000)
    for name in ("../etc/shadow", "/etc/shadow", "odd\u202egpj.request", ""):
        with refuses("MEDIA-READ"):
            client.read(inbox.stick, name, 1000)


def test_what_is_written_is_on_the_stick(room: Room) -> None:
    _, vault = room.sticks
    client = room.connect()
    files = (OutFile(name="a.response", data=os.urandom(300_000)), OutFile(name="b.txt", data=b""))
    receipt = client.write(vault.stick, files, keep_previous=False)
    assert receipt.stick == "VAULT"
    assert receipt.names == ("a.response", "b.txt")
    for file in files:
        assert client.read(vault.stick, file.name, SIZE) == file.data


def test_the_previous_vault_is_kept(room: Room) -> None:
    _, vault = room.sticks
    client = room.connect()
    for data in (b"first", b"second", b"third"):
        file = OutFile(name="strongroom.vault", data=data)
        client.write(vault.stick, (file,), keep_previous=True)
    assert client.read(vault.stick, "strongroom.vault", 10) == b"third"
    assert client.read(vault.stick, "strongroom.vault.1", 10) == b"second"
    client.write(vault.stick, (OutFile(name="strongroom.vault", data=b"4"),), keep_previous=False)
    assert client.read(vault.stick, "strongroom.vault.1", 10) == b"second"


def test_a_full_stick_keeps_what_was_there(room: Room) -> None:
    _, vault = room.sticks
    client = room.connect()
    old = OutFile(name="strongroom.vault", data=b"old")
    client.write(vault.stick, (old,), keep_previous=True)
    with refuses("MEDIA-FULL"):
        client.write(vault.stick, (replace(old, data=bytes(SIZE + 1)),), keep_previous=True)
    assert client.read(vault.stick, "strongroom.vault", 10) == b"old"
    assert [file.name for file in client.look(vault.stick, "").files] == ["strongroom.vault"]
    client.write(vault.stick, (replace(old, data=b"new"),), keep_previous=True)
    assert client.read(vault.stick, "strongroom.vault", 10) == b"new"


def test_a_half_written_file_of_an_earlier_power_cut_is_no_obstacle(
    room: Room, tmp_path: Path
) -> None:
    _, vault = room.sticks
    put(vault, "strongroom.vault.part", b"half", tmp_path)
    client = room.connect()
    file = OutFile(name="strongroom.vault", data=b"whole")
    client.write(vault.stick, (file,), keep_previous=True)
    assert [found.name for found in client.look(vault.stick, "").files] == ["strongroom.vault"]


def test_a_write_protected_stick_says_so(room: Room) -> None:
    _, vault = room.sticks
    subprocess.run(["blockdev", "--setro", vault.device], check=True)
    client = room.connect()
    with refuses("MEDIA-WRITE", "write-protected"):
        client.write(vault.stick, (OutFile(name="a", data=b""),), keep_previous=False)
    assert client.look(vault.stick, "").files == ()


def test_a_broken_file_system_leaves_the_service_running(room: Room) -> None:
    inbox, vault = room.sticks
    inbox.image.write_bytes(bytes(SIZE))
    subprocess.run(["blockdev", "--flushbufs", inbox.device], check=True)
    client = room.connect()
    with refuses("MEDIA-FILESYSTEM"):
        client.look(inbox.stick, "")
    assert client.look(vault.stick, "").files == ()


def test_plugging_and_pulling_is_pushed(room: Room) -> None:
    inbox, vault = room.sticks
    client = room.connect()
    changed = Event()
    client.watch(changed.set)
    room.source.change((vault.plugged,))
    assert changed.wait(WAIT)
    assert client.sticks() == (vault.stick,)
    with refuses("MEDIA-GONE"):
        client.look(inbox.stick, "")
    other = replace(inbox.plugged, stick=replace(inbox.stick, problem="no readable file system"))
    changed.clear()
    room.source.change((other, vault.plugged))
    assert changed.wait(WAIT)
    with refuses("MEDIA-FILESYSTEM"):
        client.look(inbox.stick, "")


def test_one_console_holds_the_session_until_it_is_gone(room: Room) -> None:
    first = room.connect("tty1")
    second = MediaClient(str(room.socket))
    assert second.claim("ttyS0") == "tty1"
    with refuses("PROGRAM", "does not hold"):
        second.look(room.sticks[0].stick, "")
    changed = Event()
    second.watch(changed.set)
    first._connection.shutdown(socket.SHUT_RDWR)  # noqa: SLF001 - as when the program ends
    assert changed.wait(WAIT)
    assert second.holder() == ""
    assert second.claim("ttyS0") == "ttyS0"
    assert second.look(room.sticks[0].stick, "").files == ()
    with refuses("MEDIA-GONE", "does not answer"):
        first.look(room.sticks[0].stick, "")


def test_a_lost_connection_is_made_again_with_its_session(room: Room) -> None:
    client = room.connect("tty1")
    back = Event()
    client.watch(lambda: back.set() if client.sticks() else None)
    client._connection.shutdown(socket.SHUT_RDWR)  # noqa: SLF001 - as when the service starts anew
    assert back.wait(WAIT)
    for _ in range(100):
        with suppress(Fault):
            assert client.look(room.sticks[0].stick, "").files == ()
            return
        sleep(0.1)
    pytest.fail("the session was not taken up again")


def test_only_the_console_in_session_switches_off(room: Room) -> None:
    other = MediaClient(str(room.socket))
    holder = room.connect()
    with refuses("PROGRAM", "does not hold the session"):
        other.power_off()
    assert not room.switched_off.is_set()
    holder.power_off()
    assert room.switched_off.wait(WAIT)


def test_garbage_ends_its_own_connection_only(room: Room) -> None:
    client = room.connect()
    for garbage in (b"\xff" * 8, b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\2\0\0\0\0[]"):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(room.socket))
            stranger.sendall(garbage)
            with suppress(ConnectionResetError):
                while stranger.recv(4096):
                    pass
    assert client.look(room.sticks[0].stick, "").files == ()


def test_only_root_and_the_one_user_may_connect(room: Room) -> None:
    script = (
        "import os, socket, sys\n"
        "os.setgid(65533); os.setuid(65533)\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
        "sys.exit(0 if s.recv(1) == b'' else 1)\n"
    )
    room.folder.chmod(0o711)
    for parent in room.folder.parents:
        if parent.stat().st_mode & 0o001 == 0:
            parent.chmod(parent.stat().st_mode | 0o001)
    room.socket.chmod(0o666)
    subprocess.run(["/usr/bin/env", "python3", "-c", script, room.socket], check=True, timeout=WAIT)


def test_a_client_that_leaves_in_the_middle_does_no_harm(room: Room) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(room.socket))
        send(connection, Claim(console="tty1"))
        receive(connection)
        send(connection, Look(stick=room.sticks[0].stick.id, suffix=""))
    client = room.connect("tty1")
    assert client.look(room.sticks[0].stick, "").files == ()
