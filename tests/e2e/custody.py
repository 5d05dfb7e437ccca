"""What custodians and witnesses do at the station: dice, sheets of paper, drills, and the closing.

A sheet is read off the screen as a custodian would read it, and typed from that.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from strongroom.core.words import pgp_words
from tests.e2e.station import MENU, NETWORKS, WORK_SECONDS, Operator

_CELL = re.compile(r"(?:^|\s)(\d{1,2})  ([a-z]{3,8})\b")
_WORD_ROW = re.compile(r"(?<!\S)(\d{1,2}) ([a-z]{4,12})(?!\S)")
COMPARES = "its owner compares"
ROLLS = 99


def titled(title: str) -> re.Pattern[str]:
    """A screen with this title; the screen before may name it in its text."""
    return re.compile(rf"STRONGROOM +(REHEARSAL +)?{re.escape(title)}")


def dice(seed: int) -> str:
    """What is rolled for a seed."""
    rolls = random.Random(seed)  # noqa: S311 - test dice
    return "".join(rolls.choice("123456") for _ in range(ROLLS))


@dataclass(frozen=True)
class Custody(Operator):
    """The operator, and the custodians who sit down one after the other."""

    def hold(self, ceremony: str, next_screen: str | re.Pattern[str]) -> None:
        """Choose a ceremony of the list."""
        self.choose("Ceremonies", re.compile(r"The vault stays open"))
        self.look("ceremonies")
        self.take(ceremony, next_screen)

    def take(self, label: str, next_screen: str | re.Pattern[str]) -> None:
        """Choose a line of the list on the screen by its digit, or by the arrow keys where it has none."""
        found = re.search(rf"(\d)  {re.escape(label)}", self.settled())
        if found is None:
            self._move_to(label)
        self.on(found.group(1) if found else "<enter>", next_screen, 60)

    def create_with_dice(self, wallet: str, kind: int, passphrase: str, seed: int) -> list[str]:
        """A new seed of 99 dice, and the words that were written down; the kind is that many to the right."""
        self.choose("Create a vault", "Where the seed comes from")
        self.on("2", "How long a seed")
        self.on("1", "The machine's commitment", 60)
        self.look("commitment")
        self.page_to("Roll the dice")
        self.on(dice(seed), "These are enough", 60)
        self.look("dice")
        self.on("<enter>", "Write these words on paper", 60)
        words = self.read_words(24)
        self.look("new-words")
        self.on("written<enter>", "Type the words again", 60)
        typed = "".join(f"{word} " for word in words)
        self.on(typed, "Enter again if these are all", 60)
        self.on("<enter>", "The first wallet", 60)
        self.finish_vault(wallet, kind, passphrase)
        return words

    def recover(
        self,
        sheets: list[list[str]],
        fingerprint: str,
        wallet: str,
        passphrase: str,
        *,
        kind: int = 0,
    ) -> None:
        """A fresh vault from shares, its fingerprint compared with the register."""
        self.give_shares(sheets)
        self.on(f"{fingerprint}<enter>", "The first wallet", 60)
        self.finish_vault(wallet, kind, passphrase)

    def work_without_vault(self, words: str, fingerprint: str, list_digest: bytes) -> None:
        """Seed words for one session, and the trust list on the stick, compared with paper."""
        self.choose("Without a vault", "no vault is written")
        self.page_to("Where the seed comes from")
        self.on("1", "Type the seed words")
        typed = "".join(f"{word} " for word in words.split())
        self.on(typed, "Enter again if these are all", 60)
        self.on("<enter>", "Passphrase of the seed words")
        self.on("<enter><enter>", "Compare with the register", 60)
        self.on(f"{fingerprint}<enter>", "Choose a trust list", 60)
        self.pick(".trust-list.json", "The trust list")
        self.type_from(list(pgp_words(list_digest)), "nothing is kept")

    def give_shares(self, sheets: list[list[str]]) -> None:
        """Type shares, up to the question for the register's fingerprint."""
        self.choose("Create a vault", "Where the seed comes from")
        self.on("3", "Change of seats")
        for number, words in enumerate(sheets, 1):
            self.on("<enter>", titled(f"Share {number}"))
            after = "Passphrase of the seed" if number == len(sheets) else "Change of seats"
            self.type_sheet(words, after)
        self.on("<enter><enter>", "Compare with the register", 60)

    def finish_vault(self, wallet: str, kind: int, passphrase: str) -> None:
        """From the first wallet to the menu, on regtest."""
        picks = "<right>" * NETWORKS.index("regtest")
        self.console.press(f"{wallet}<enter>{picks}<enter>{'<right>' * kind}")
        self.console.wait_for("regtest (not real money)")
        self.look("first-wallet")
        self.on("<enter>", "A passphrase for the vault", 60)
        self.on(f"{passphrase}<enter>{passphrase}<enter>", "Write to a stick", WORK_SECONDS)
        self.write("Write to a stick")
        self.write("The vault is written")
        self.look("vault-written")
        self.on("<enter>", MENU)

    def back_up(self, quorum: str, count: int) -> list[list[str]]:
        """SLIP-39 shares of the vault's seed, each typed again; the sheets."""
        self.hold("Back up a seed", "How to back up")
        self.take("Shares of words", "How many sheets")
        self.take(quorum, "Change of seats")
        sheets = []
        for number in range(1, count + 1):
            self.look("hand-over")
            self.on("<enter>", titled(f"Sheet {number} of {count}"))
            words = self.read_words(33)
            self.look("share-shown")
            self.on("written<enter>", "type it again", 60)
            self.type_sheet(words, "Change of seats")
            self.on("<enter>", f"Who holds sheet {number}")
            after = "Write to a stick" if number == count else "Change of seats"
            self.on(f"Holder {number}<enter>BAG-{number}<enter>", after, WORK_SECONDS)
            sheets.append(words)
        self.write("The backup is made")
        self.look("backup-made")
        self.on("<enter>", MENU)
        return sheets

    def drill(self, sheets: list[list[str]]) -> None:
        """Every holder types the own sheet; the drill passes."""
        self.hold("Drill a backup", "The drill")
        self.on("<enter>", "Change of seats")
        for number, words in enumerate(sheets, 1):
            self.on("<enter>", titled(f"Sheet {number}"))
            after = "Write to a stick" if number == len(sheets) else "Change of seats"
            self.type_sheet(words, after)
        self.write("The drill is passed")
        self.look("drill-passed")
        self.page_to(MENU)

    def type_sheet(self, words: list[str], next_screen: str) -> None:
        """Type a sheet, one word after the other."""
        typed = "".join(f"{word} " for word in words)
        self.on(typed, "Enter again if these are all", 60)
        self.look("share-typed")
        self.on("<enter>", next_screen, WORK_SECONDS)

    def read_words(self, count: int) -> list[str]:
        """The numbered words on the screen, as they would be written down."""
        found = {int(number): word for number, word in _CELL.findall(self.settled())}
        assert sorted(found) == list(range(1, count + 1)), self.console.text()
        return [found[number] for number in range(1, count + 1)]

    def export_keys(self, kind: str) -> list[str]:
        """The keys of account 0 on regtest; the 32 words of one kind's as they are written down."""
        self.hold("Export keys", "Which network")
        self.take("regtest", "Which account")
        self.on("0<enter>", "Which key to compare")
        self.take(kind, "Write to a stick")
        self.write("The keys are written")
        self.look("keys-written")
        words: dict[int, str] = {}
        while MENU not in (screen := self.settled()):
            words |= {int(number): word for number, word in _WORD_ROW.findall(screen)}
            self.go_on(screen)
        assert sorted(words) == list(range(1, 33)), words
        return [words[number] for number in range(1, 33)]

    def register(self, names: tuple[str, ...], papers: list[list[str]]) -> None:
        """Register the wallet on the stick; the other signers type from these papers, in their order."""
        self.read_wallet(names)
        self.accept_wallet(papers, "Write to a stick")
        self.write("is registered")
        self.on("<enter>", MENU)

    def read_wallet(self, names: tuple[str, ...]) -> None:
        """From the menu to the wallet of the stick's file of ours, with these holders of its keys."""
        self.choose("Register a wallet", "Whose file is it?")
        self.take("Strongroom", "Choose a public wallet file")
        self.pick(".wallet.json", "Who holds each key?")
        self.console.press("<enter>".join(names))
        self.look("key-holders")
        self.on("<enter>", "Register this wallet?", 60)
        self.look("register-wallet")

    def rotate(self, papers: list[list[str]]) -> None:
        """Name the successor in the stick's file; its other signers type from these papers."""
        self.hold("Rotate a wallet", "Rotate")
        self.page_to("Whose file is it?")
        self.take("Strongroom", "Choose a public wallet file")
        self.pick(".wallet.json", "Register this wallet?")
        self.accept_wallet(papers, "Write to a stick")
        self.write("The wallet is being replaced")
        self.look("rotated")
        self.page_to(MENU)

    def accept_wallet(self, papers: list[list[str]], next_screen: str | re.Pattern[str]) -> None:
        """From the wallet on the screen through its cosigners' papers to the next screen."""
        self.console.press("register")
        self.page_to(COMPARES)
        for number, paper in enumerate(papers, 1):
            last = number == len(papers)
            self.look("cosigner")
            self.type_from(paper, next_screen if last else COMPARES)

    def type_from(self, paper: list[str], next_screen: str | re.Pattern[str]) -> None:
        """Type the words of a paper that the screen asks for."""
        screen = self.settled()
        asked = [int(number) for number in re.findall(r"Word (\d+)\b", screen)]
        self.console.press("".join(f"{paper[at - 1]}<enter>" for at in asked))
        self._changed(screen)
        self._arrive(next_screen, WORK_SECONDS)

    def write_record(self) -> None:
        """End the session with its signed record."""
        self.choose("End the session", "Close the session")
        self.look("close-session")
        self.on("1", "What happened")
        self.look("what-happened")
        self.page_to(re.compile("Write to a stick|Was it as it was read back"))
        self.look("attest")
        self.page_to("Write to a stick")
        self.write("Write to a stick")
        self.write("The head of this session")
        self.look("head")
        self.on("<enter>", "Press Enter to begin")
