"""Take the operator guide's pictures: `python -m tests.e2e.pictures [FOLDER]`.

The unmodified ISO runs in QEMU and is used by its keyboard and its screen; nothing is drawn by hand.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from strongroom.core.vault.model import Policy
from strongroom.online.paper.document import Paper
from strongroom.online.paper.forms import script_document
from strongroom.online.paper.pdf import render_pdf
from strongroom.online.paper.script import CEREMONIES, Room
from tests.e2e.companion import certificate_digest
from tests.e2e.machine import OUT
from tests.e2e.pictures_ceremonies import take_ceremonies
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, Prepared, now, prepared
from tests.e2e.studio import Album, Studio
from tests.vectors.factory import draft, stranger
from tests.vectors.generate_bundles import KEYS, fingerprint_of

BATCH = (900_000, *(100_000 + 12_345 * place for place in range(13)))
BOOK = tuple((stranger(place), f"Employee {place}") for place in range(1, 13))


def take_policy(studio: Studio, vault: bytes) -> None:
    """The limits, one of them, and the read-back."""
    limits = {"Fee, at most": "0.02btc", "Sent per window, at most": "0.5btc"}
    with studio.plugged({VAULT: vault, "ben.asc": (KEYS / "ben.asc").read_bytes()}):
        studio.operator.open_vault(PASSPHRASE)
        studio.operator.change_policy(limits, "Olga", "lower")
        studio.operator.add_approver("Ben", certificate_digest(fingerprint_of("ben")))


def take_review(studio: Studio, people: Prepared) -> None:
    """A request of one payment, page by page."""
    with studio.plugged({REQUEST: people.asking(draft()).bundle().render()}):
        studio.operator.read_request("POLICY-RECIPIENT")
        studio.take("review-warning")
        studio.machine.press("seen<enter>")
        studio.machine.wait_for("Leaves")
        studio.take("review-summary")
        studio.machine.press("<enter>")
        studio.machine.wait_for("Recipient 1 of 1")
        studio.take("review-recipient")
        for key, name, shown in (("c", "change", "found equal"), ("d", "details", "Locks and")):
            studio.machine.press(key)
            studio.machine.wait_for(shown)
            studio.take(f"review-{name}")
            studio.machine.press("<esc>")
            studio.machine.wait_for("Recipient 1 of 1")
        studio.operator.decline()


def take_signing(studio: Studio, people: Prepared) -> None:
    """The same request, confirmed and signed, and the answer as QR codes."""
    bundle = people.asking(draft()).bundle()
    with studio.plugged({REQUEST: bundle.render()}):
        studio.operator.read_request("POLICY-RECIPIENT")
        studio.operator.sign("Olga", hashlib.sha256(bundle.manifest).digest())


def take_batch(studio: Studio, people: Prepared) -> None:
    """A request of many payments: totals, exceptions, list and search."""
    batch = draft(coins=(5_000_000, 3_000_000), pay=BATCH, fee=5_000)
    with studio.plugged({REQUEST: people.asking(batch).bundle().render()}):
        studio.operator.read_request("POLICY-RECIPIENT")
        studio.machine.press("seen<enter>")
        studio.machine.wait_for("Leaves")
        for name, shown in (
            ("totals", "In the transaction"),
            ("exceptions", "Paid for the first time"),
            ("list", "the largest first"),
        ):
            studio.machine.press("<enter>")
            studio.machine.wait_for(shown)
            studio.take(f"review-{name}")
        studio.machine.press("/first use<enter>")
        studio.machine.wait_for("2 of 14 recipients")
        studio.take("review-search")
        studio.operator.decline()


def take_stop(studio: Studio, people: Prepared) -> None:
    """A request that the policy refuses."""
    large = draft(coins=(60_000_000, 1_000_000), pay=(55_000_000,))
    with studio.plugged({REQUEST: people.asking(large).bundle().render()}):
        studio.operator.read_request("STOP")
        studio.machine.wait_for("POLICY-WINDOW")
        studio.take("stop")
        studio.machine.press("<enter>")


def take_rehearsal(album: Album) -> None:
    """What a rehearsal says of itself."""
    with album.opened("rehearsal", entry="r") as studio:
        studio.machine.wait_for("Press Enter to begin", 180)
        studio.machine.press("<enter>")
        studio.machine.wait_for("What was booted", 60)
        studio.take("rehearsal")


def take_paper(folder: Path, scratch: Path) -> None:
    """A page of a printed script."""
    ceremony = next(one for one in CEREMONIES if one.key == "backup")
    (scratch / "script.pdf").write_bytes(render_pdf(script_document(ceremony, Room()), Paper.A4))
    page = ("-r", "80", "-f", "3", "-singlefile", "-png")
    target = str(folder / "paper-script")
    subprocess.run(("pdftoppm", *page, str(scratch / "script.pdf"), target), check=True)


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with prepared() as people, tempfile.TemporaryDirectory(prefix="sr-") as scratch:
        album = Album(folder, Path(scratch))
        take_paper(folder, Path(scratch))
        take_rehearsal(album)
        take_ceremonies(album, people)
        with album.opened("review") as studio:
            studio.operator.begin(now())
            take_policy(studio, people.vault(Policy(address_book=BOOK)))
            take_review(studio, people)
            take_batch(studio, people)
            take_stop(studio, people)
            take_signing(studio, people)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT.parent / "docs" / "pictures")
