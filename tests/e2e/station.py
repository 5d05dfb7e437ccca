"""What an operator does at the station, step by step, on either console.

Each verb waits for the screen that it needs, presses the keys that a person would press, and returns when the
next screen is there. Everything goes through what is shown and typed; there is no other door.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from strongroom.core.words import pgp_words
from tests.e2e.screen import Console

MENU = "Main menu"
BUSY = "Leave the sticks as they are."
MACHINE = re.compile(r"STRONGROOM +(REHEARSAL +)?This machine")
WHERE = re.compile(r"-- lines (\d+) to")
MEDIUM, LEAVE = "Take the boot medium out", 'type "leave"'
BOOT_SECONDS = 120
WORK_SECONDS = 180
SETTLE_SECONDS = 0.25
_CHOICE = re.compile(r"^  [> ] [ \d]  (?=\S)")
NETWORKS = ("mainnet", "testnet4", "signet", "regtest")


@dataclass(frozen=True)
class Operator:
    """The hands at one console; `look` is called with a name at each screen worth a picture."""

    console: Console
    look: Callable[[str], None] = lambda _name: None

    def begin(self, now: datetime, pull: Callable[[], None] | None = None) -> None:
        """From power-on to the main menu; `pull` takes the boot stick out, else it is left in by the word."""
        self.arrive(pull)
        self.on("1", "Declare the time")
        self.look("declare-time")
        self.on(f"{now:%Y-%m-%d %H:%M}<enter>", MENU, 60)

    def begin_together(self, now: datetime, people: tuple[tuple[str, str], ...]) -> None:
        """The same with several people, (name, role) each, two of whom declare the time."""
        self.arrive()
        self.on("2", "Roll call: person 1")
        for number, (name, role) in enumerate(people, 2):
            self.on(f"{name}<enter>{role}<enter>", f"Roll call: person {number}")
        self.look("roll-call")
        self.console.press("<enter><enter>")  # no further name
        self.page_to("Declare the time: person 1")
        self.on(f"{now:%Y-%m-%d %H:%M}<enter>", "Declare the time: person 2")
        self.look("declare-time-second")
        self.on(f"{now:%Y-%m-%d %H:%M}<enter>", MENU, 60)

    def arrive(self, pull: Callable[[], None] | None = None) -> None:
        """From power-on to the question who is there."""
        self.console.wait_for("Press Enter to begin", BOOT_SECONDS)
        self.look("ready")
        self.on("<enter>", "What was booted", 60)
        self.look("identity")
        self.page_to(MACHINE)
        self.look("machine")
        self.page_to(MEDIUM)
        if pull:
            pull()
            self.console.wait_for("No boot stick is plugged in", 60)
        self.look("medium")
        left = "leave<enter>" if LEAVE in self.settled() else "<enter>"
        self.on(left, "Who is in the room?")
        self.look("who")

    def choose(self, label: str, next_screen: str | re.Pattern[str]) -> None:
        """Choose a line of the menu by its digit."""
        screen = self._arrive(MENU, WORK_SECONDS)
        found = re.search(rf"(\d)  {re.escape(label)}", screen)
        if found is None:
            raise AssertionError(f"the menu does not offer {label!r}:\n{screen}")
        self.on(found.group(1), next_screen, 60)

    def list_machine(self) -> str:
        """All text of the listing of this machine, as one line."""
        self.choose("This machine", MACHINE)
        lines: dict[int, str] = {}
        while "Main menu" not in (screen := self.settled()):
            rows = screen.splitlines()
            ends = [row for row, text in enumerate(rows) if WHERE.search(text)]
            found = WHERE.search(rows[ends[0]]) if ends else None
            first, body = (int(found[1]), rows[2 : ends[0] - 1]) if found else (1, rows[2:-2])
            # the last page repeats lines of the one before
            lines |= dict(enumerate(body, first))
            self.console.press("<enter>")
            self._changed(screen)
        return " ".join(" ".join(lines.values()).split())

    def create_vault(self, words: str, wallet: str, passphrase: str) -> None:
        """A vault around typed words, with a native segwit wallet on regtest."""
        self.choose("Create a vault", "Where the seed comes from")
        self.on("1", "Type the seed words")
        self.on("".join(f"{word} " for word in words.split()), "Enter again if these are all", 60)
        self.look("seed-words")
        self.on("<enter>", "Passphrase of the seed words")
        self.on("<enter><enter>", "Compare with the register", 60)
        self.on("<enter>", "The first wallet", 60)
        picks = "<right>" * NETWORKS.index("regtest")
        self.console.press(f"{wallet}<enter>{picks}")
        self.console.wait_for("regtest (not real money)")
        self.look("first-wallet")
        self.on("<enter><enter>", "A passphrase for the vault", 60)
        self.on(f"{passphrase}<enter>{passphrase}<enter>", "Write to a stick", WORK_SECONDS)
        self.look("write-vault")
        self.write("Write to a stick")
        self.write("The vault is written")
        self.look("vault-written")
        self.on("<enter>", MENU)

    def add_approver(self, name: str, fingerprint_digest: bytes) -> None:
        """Add the one certificate on the sticks to the trust list."""
        self.choose("Add an approver", "Choose an OpenPGP certificate")
        self.pick(".asc", "Add this approver?")
        self.console.press(f"{name}<enter>")
        self.type_words(fingerprint_digest, "Write to a stick", "approver")
        self.write("may approve requests")
        self.on("<enter>", MENU)

    def open_vault(self, passphrase: str) -> None:
        """Open the vault on the sticks."""
        self.choose("Open a vault", "Choose a vault")
        self.pick("strongroom.vault", "Open the vault")
        head = "The head of the last session"
        self.on(f"{passphrase}<enter>", re.compile(f"generation|{head}"), WORK_SECONDS)
        if head in self.settled():
            self.look("last-head")
            self.on("<enter>", "generation")

    def end_session(self, now: datetime) -> None:
        """End the session, without its record where there is one to write, and begin another."""
        self.leave_session()
        self.begin(now)

    def leave_session(self) -> None:
        """End the session, without its record where there is one to write."""
        first = "Press Enter to begin"
        self.choose("End the session", re.compile(f"{first}|Close the session"))
        if "Close the session" in self.settled():
            self.on("2", first)

    def change_policy(self, limits: dict[str, str], name: str, word: str) -> str:
        """Type other values for these limits, read back, agree and write; returns the read-back's text."""
        self.choose("Change the policy", "Read back and save")
        for label, typed in limits.items():
            self._move_to(label)
            self.on("<enter>", "New value")
            self.look("policy-limit")
            self.on(f"{typed}<enter>", "Read back and save")
        self.look("policy")
        self._move_to("Read back and save")
        self.on("<enter>", "Read back: person")
        self.console.press(f"{name}<enter>{word}")
        self.console.wait_for(re.compile(rf'Type "{word}" +{word}'))
        self.look("policy-confirm")
        read_back = self.console.text()
        self.on("<enter>", "Write to a stick", WORK_SECONDS)
        self.write("Write to a stick")
        self.write("The policy is changed")
        self.look("policy-changed")
        self.on("<enter>", MENU)
        return read_back

    def _move_to(self, label: str) -> None:
        """Move the mark of a list to a line."""
        lines = self.settled().splitlines()
        left = max(lines[0].find("STRONGROOM") - 1, 0)  # a large screen has margins
        rows = [line[left:] for line in lines if _CHOICE.match(line[left:])]
        at = next(place for place, row in enumerate(rows) if row.lstrip().startswith(">"))
        to = next(place for place, row in enumerate(rows) if _CHOICE.sub("", row).startswith(label))
        self.console.press("<down>" * (to - at) + "<up>" * (at - to))
        self.console.wait_for(re.compile(rf"^ *> [ \d]  {re.escape(label)}", re.MULTILINE))

    def read_request(self, next_screen: str | re.Pattern[str] = "Review") -> None:
        """Choose the one request on the sticks; from the menu to its review, or to another screen."""
        self.choose("Sign a request", "Choose a request")
        self.pick(".request", next_screen)

    def review(self) -> str:
        """Walk through a review that is on the screen, to its end; returns all text that was shown."""
        pages = []
        while True:
            screen = self.settled()
            pages.append(screen)
            if "That is all of it" in screen:
                self.look("review-end")
                self.on("<enter>", "Confirm: person")
                return "\n".join(pages)
            self.look(f"review-{len(pages)}")
            typed = "seen<enter>" if 'Type "seen"' in screen else "<enter>"
            if "Tab next page" in screen:
                typed = "<tab>"
            self.console.press(typed)
            self._changed(screen)

    def decline(self) -> None:
        """Leave the review that is on the screen."""
        self.on("<esc>", MENU)

    def confirm(self, name: str, request_digest: bytes) -> None:
        """Consent as one person, with the words from the request sheet."""
        self.console.wait_for("Confirm: person")
        self.look("confirm")
        self.console.press(f"{name}<enter>")
        self.type_words(request_digest, "Write to a stick", "signing")

    def sign(self, name: str, request_digest: bytes) -> str:
        """From a review on the screen to the answer on the stick; returns all text of the review."""
        shown = self.review()
        self.confirm(name, request_digest)
        self.write("Write to a stick")
        self.write("Signed. The answer is on the stick")
        self.look("signed")
        self.on("<enter>", MENU)
        return shown

    def pick(self, ending: str, next_screen: str | re.Pattern[str]) -> None:
        """Choose the first file with that ending from the list on the screen."""
        screen = self.console.wait_for(re.compile(rf"\d  \S*{re.escape(ending)}"), 60)
        self.look("choose-file")
        found = re.search(rf"(\d)  \S*{re.escape(ending)}", screen)
        assert found is not None
        self.on(found.group(1), next_screen, WORK_SECONDS)

    def write(self, next_screen: str) -> None:
        """Write to the first stick on the screen, take the receipt, and go on."""
        self._arrive("Write to a stick", WORK_SECONDS)
        self.console.wait_for("free", 60)
        self.on("1", re.compile(r"Written|Stopped"), WORK_SECONDS)
        self.look("written")
        self.on("<enter>", next_screen, WORK_SECONDS)

    def type_words(self, digest: bytes, next_screen: str, picture: str) -> None:
        """Type the words at the positions that the screen asks for."""
        words = pgp_words(digest)
        asked = [int(n) for n in re.findall(r"Word (\d+)\b", self.console.text())]
        self.look(f"words-{picture}")
        self.on(
            "".join(f"{words[position - 1]}<enter>" for position in asked),
            next_screen,
            WORK_SECONDS,
        )

    def stopped(self, rule: str, timeout: float = WORK_SECONDS) -> str:
        """The stop screen of `rule`; returns its text, and goes on to the menu."""
        self.console.wait_for("STOP", timeout)
        self.console.wait_for(rule, 10)
        screen = self.settled()
        self.look(f"stop-{rule.lower()}")
        self.console.press("<enter>")
        self.console.wait_for(MENU)
        return screen

    def power_off(self) -> None:
        """Switch the machine off from the menu, without the session's record where there is one."""
        self.choose("Switch off", re.compile("The vault is closed|Close the session"))
        if "Close the session" in self.settled():
            self.on("2", "The vault is closed")
        self.console.press("<enter>")

    def on(self, keys: str, next_screen: str | re.Pattern[str], timeout: float = 30) -> None:
        """Press keys and wait for a screen; a stop that nobody expects ends the scenario."""
        self.console.press(keys)
        self._arrive(next_screen, timeout)

    def _arrive(self, next_screen: str | re.Pattern[str], timeout: float) -> str:
        """Wait for a screen; a stop that nobody expects ends the scenario at once."""
        wanted = re.escape(next_screen) if isinstance(next_screen, str) else next_screen.pattern
        screen = self.console.wait_for(re.compile(f"{wanted}|STOP  "), timeout)
        if re.search(wanted, screen) is None:
            raise AssertionError(f"expected {wanted!r}, and the station stopped:\n{screen}")
        return self.settled()

    def settled(self) -> str:
        """The screen once it is drawn whole: it stands still for a moment."""
        screen = ""
        while screen != (now := self.console.text()):
            screen = now
            time.sleep(SETTLE_SECONDS)
        return screen

    def page_to(self, next_screen: str | re.Pattern[str]) -> None:
        """Press Enter until a screen is there."""
        wanted = re.escape(next_screen) if isinstance(next_screen, str) else next_screen.pattern
        while not re.search(wanted, screen := self.settled()):
            self.go_on(screen)

    def go_on(self, screen: str) -> None:
        """Press Enter at `screen`, unless the station is writing, and wait for another one."""
        if BUSY not in screen:  # a key that is pressed meanwhile might reach the next screen
            self.console.press("<enter>")
        self._changed(screen)

    def _changed(self, screen: str) -> None:
        first = screen.splitlines()
        self.console.wait_for(re.compile(f"^(?!{re.escape(chr(10).join(first))}$)", re.DOTALL), 30)
