"""The tools of the end-to-end tests do what the scenarios take for granted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e import echo_machine
from tests.e2e.framebuffer import UNKNOWN, ConsoleFont, decode_screen
from tests.e2e.hardware import Firmware
from tests.e2e.keyboard import key_codes, parse_keys, serial_bytes
from tests.e2e.machine import FONT, ISO, Machine
from tests.e2e.picture import Picture
from tests.e2e.ports import Operation
from tests.e2e.qmp import QmpError
from tests.e2e.screen import ScreenTimeoutError
from tests.e2e.sticks import BALLAST, FileSystem, check_stick, read_stick, write_stick

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

FILES = {
    "one.request": bytes(range(256)) * 1200,
    "strongroom.vault": b"age-encryption.org/v1\n",
    "empty.txt": b"",
    "A name that takes more than one directory entry.json": b"{}",
}
BLACK, GREY, BLUE = b"\0\0\0", b"\xaa\xaa\xaa", b"\0\0\xaa"


@pytest.fixture
def font_bytes() -> bytes:
    if not FONT.exists():
        pytest.fail(f"{FONT} is not there; ./build.sh image makes it")
    return FONT.read_bytes()


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    image = tmp_path / "echo.img"
    image.write_bytes(echo_machine.boot_sector().ljust(1 << 20, b"\0"))
    return image


# Keys


def test_one_notation_spells_both_a_terminal_and_a_keyboard() -> None:
    keys = parse_keys("O<lt>~<f1><shift-tab><ctrl-c>")
    assert b"".join(serial_bytes(key) for key in keys) == b"O<~\x1b[11~\x1b[Z\x03"
    assert [key_codes(key) for key in keys] == [
        ("shift", "o"),
        ("shift", "comma"),
        ("shift", "grave_accent"),
        ("f1",),
        ("shift", "tab"),
        ("ctrl", "c"),
    ]


@pytest.mark.parametrize("spelled", ["<", "<entre>", "<hyper-a>", "<x>"])
def test_a_key_that_does_not_exist_is_refused(spelled: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        parse_keys(spelled)


def test_a_key_that_a_console_cannot_send_is_refused() -> None:
    with pytest.raises(ValueError, match="serial line"):
        serial_bytes(parse_keys("<ctrl-alt-delete>")[0])
    with pytest.raises(ValueError, match="US keyboard"):
        key_codes(parse_keys("é")[0])


# Sticks


@pytest.mark.parametrize("partitioned", [False, True], ids=["bare", "partitioned"])
@pytest.mark.parametrize("file_system", FileSystem)
def test_a_stick_gives_back_what_was_put_on_it(
    tmp_path: Path, file_system: FileSystem, *, partitioned: bool
) -> None:
    image = write_stick(tmp_path / "a.img", file_system, FILES, partitioned=partitioned)
    assert read_stick(image) == FILES
    check_stick(image)


@pytest.mark.parametrize("file_system", FileSystem)
def test_a_nearly_full_stick_has_no_room_for_more_than_asked(
    tmp_path: Path, file_system: FileSystem
) -> None:
    image = write_stick(tmp_path / "full.img", file_system, FILES, free=100_000)
    check_stick(image)
    found = read_stick(image)
    assert len(found.pop(BALLAST)) > 50_000_000
    assert found == FILES
    with pytest.raises(OSError, match=r"full|free clusters|allocate block"):
        write_stick(image, file_system, FILES | {"more": found["one.request"] * 400})


def test_a_stick_without_a_known_file_system_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise.img").write_bytes(b"\x17" * 4096)
    with pytest.raises(ValueError, match="none of"):
        read_stick(tmp_path / "noise.img")


def test_a_damaged_stick_does_not_pass_the_check(tmp_path: Path) -> None:
    image = write_stick(tmp_path / "a.img", FileSystem.EXT4, FILES)
    with image.open("r+b") as stick:
        stick.seek(1024 + 12)
        stick.write(b"\x01\0\0\0")
    with pytest.raises(AssertionError, match="Free blocks count wrong"):
        check_stick(image)


# The screen


def _draw(font: bytes, lines: list[bytes], ink: bytes, ground: bytes, cell_width: int) -> Picture:
    """Draw text the way the console does, on a screen of 80x25 cells."""
    rows = []
    for line in [*lines, *[b""] * (25 - len(lines))]:
        for row in range(16):
            bits = [font[code * 16 + row] for code in line.ljust(80)]
            cells = [
                b"".join(ink if byte & 0x80 >> column else ground for column in range(cell_width))
                for byte in bits
            ]
            rows.append(b"".join(cells))
    return Picture(width=80 * cell_width, height=400, pixels=b"".join(rows))


@pytest.mark.parametrize("cell_width", [8, 9], ids=["framebuffer", "vga-text"])
@pytest.mark.parametrize("colours", [(GREY, BLACK), (BLACK, GREY), (BLACK, BLUE)])
def test_text_is_read_out_of_a_picture(
    font_bytes: bytes, colours: tuple[bytes, bytes], cell_width: int
) -> None:
    text = ["", "Send 0.10000000 BTC to bc1q...? [y/N] {~@#$%^&*}", "┌─╔═╗│ ░▒▓ é ñ ß"]
    encoded = [line.encode("cp437") for line in text]
    picture = _draw(font_bytes, encoded, *colours, cell_width)
    lines = decode_screen(picture, ConsoleFont(font_bytes))
    assert lines == (*text, *[""] * 22)


def test_what_is_not_in_the_font_is_not_guessed(font_bytes: bytes) -> None:
    torn = bytearray(font_bytes)
    torn[ord("8") * 16 + 7] ^= 0x42
    picture = _draw(bytes(torn), [b"7 8 9"], GREY, BLACK, 8)
    assert decode_screen(picture, ConsoleFont(font_bytes))[0] == f"7 {UNKNOWN} 9"


# The machine


def test_the_serial_line_carries_every_key_both_ways(echo: Path) -> None:
    words = " ".join(f"{number:03}" for number in range(300))
    with Machine(echo, name="serial") as machine:
        machine.wait_for(echo_machine.GREETING)
        machine.press(words + "<enter>")
        machine.wait_for(re.compile(r"299"))
        shown = machine.text().split("\n", 1)[1].replace("\n", " ")
        assert shown.split() == words.split()


def test_the_keyboard_types_and_the_screen_is_read(echo: Path, font_bytes: bytes) -> None:
    typed = 'Hello, World! "A_z" {[|\\`~^*+?/:;\']} 0123456789 @#$%&=-.'
    assert len(font_bytes) == 4096
    with Machine(echo, name="keyboard", by_serial=False) as machine:
        machine.wait_for(echo_machine.GREETING)
        machine.press(typed)
        screen = machine.wait_for("%&=-.").splitlines()
        # The BIOS draws a few letters of its own in nine pixels; none may pass for another letter.
        shown = screen[screen.index(echo_machine.GREETING) + 1][: len(typed)]
        assert all(seen in (sent, UNKNOWN) for seen, sent in zip(shown, typed, strict=True))
        assert shown.count(UNKNOWN) < 10
        machine.press("<enter>")
        assert typed in machine.serial.wait_for(typed)


def test_sticks_go_in_and_out_while_the_machine_runs(echo: Path, tmp_path: Path) -> None:
    image = write_stick(tmp_path / "a.img", FileSystem.FAT32, FILES)
    with Machine(echo, name="ports") as machine:
        machine.wait_for(echo_machine.GREETING)
        for speed in (None, 100_000):
            machine.plug(image, "exchange", bytes_per_second=speed)
            with pytest.raises(QmpError, match="exchange"):
                machine.plug(image, "exchange")
            machine.unplug("exchange")
        moved = machine.ports.unplug_during("boot", Operation.READ, after_bytes=5120)
        assert moved >= 5120
        assert machine.running()
    assert read_stick(image) == FILES


def test_a_wait_that_fails_shows_the_screen_and_leaves_evidence(echo: Path) -> None:
    machine = Machine(echo, name="evidence")

    def wait_in_vain() -> None:
        with machine:
            machine.wait_for(echo_machine.GREETING)
            machine.wait_for("never", timeout=0.2)

    with pytest.raises(ScreenTimeoutError, match=rf"never[^|]*\|{echo_machine.GREETING}\|"):
        wait_in_vain()
    kept = {path.name for path in machine.evidence.iterdir()}
    assert kept == {"serial.log", "serial.txt", "screen.png", "qemu.log"}
    assert not machine.running()


def test_a_machine_that_stays_on_has_not_powered_off(echo: Path) -> None:
    with Machine(echo, name="power") as machine:
        machine.wait_for(echo_machine.GREETING)
        with pytest.raises(AssertionError, match="not off"):
            machine.power_off_wait(timeout=1)
        machine.cut_power()
        with pytest.raises(ScreenTimeoutError, match="before the machine ended"):
            machine.wait_for("never", timeout=30)


@pytest.mark.parametrize("firmware", Firmware)
def test_the_iso_boots(firmware: Firmware) -> None:
    if not ISO.exists():
        pytest.fail(f"{ISO} is not there; ./build.sh image makes it")
    with Machine(name=f"boot-{firmware}", firmware=firmware) as machine:
        machine.choose_boot_entry("s")
        machine.wait_for("Press Enter to begin", timeout=120)
        machine.keyboard.wait_for("Press Enter to begin", timeout=30)
