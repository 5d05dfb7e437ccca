"""The papers of a ceremony as documents: its script, cards for sheets, certificates. None holds a secret.

Cards and certificates are blank: an online computer and its printer never see what is written on them.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from strongroom.core.session.pages import PaperForm
from strongroom.online.paper.document import (
    Card,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Steps,
    blank_words,
)
from strongroom.online.paper.script import script_of

if TYPE_CHECKING:
    from strongroom.online.paper.script import Ceremony, Room

REHEARSAL = "REHEARSAL - not valid as production"
_BOXES = ("Operator", "Witness", "Time, UTC")
_EXCEPTIONS = 5


class Certificate(Enum):
    """What a certificate is about."""

    SESSION = "session"
    KEY = "key"
    DESTRUCTION = "destruction"


def script_document(ceremony: Ceremony, room: Room, *, mark: str = "") -> Document:
    """The script: what is brought, every step with its boxes, exceptions, signatures."""
    steps = script_of(ceremony, room)
    return Document(
        title=ceremony.title,
        mark=mark,
        blocks=(
            Paragraph(ceremony.about),
            Facts((("Date", ""), ("Place", ""), ("Image, its first words", ""), ("Vault", ""))),
            Paragraph(
                "The administrator reads each step aloud as it stands on the screen. Whoever is "
                "named over a box puts initials into it when the step is done. The words below are "
                "those of the station's screens; ________ is what only the screen knows: it is "
                "filled in by hand where it matters."
            ),
            Steps(steps, _BOXES),
            Heading("Exceptions"),
            Paragraph(
                "F9 at any screen freezes the step. After a failed signature check or a digest that "
                "differs, the only decision is to stop."
            ),
            Grid(
                ("Step", "Expected", "Happened", "Decision, by whom"),
                (("",) * 4,) * _EXCEPTIONS,
                (1, 4, 4, 4),
            ),
            Heading("Present"),
            _signatures(room.people),
        ),
    )


def card_document(form: PaperForm, words: int, count: int, *, mark: str = "") -> Document:
    """As many blank cards for sheets of `form`, with room for `words` words, or letters of codex32."""
    per_row = 3
    unit = "words"
    boxes = words
    if form is PaperForm.CODEX32:
        unit, per_row, boxes = "letters, four to a box", 4, -(-words // 4)
    facts = (
        ("Set", ""),
        ("Sheet", "_____ of _____        any _____ give the seed back"),
        ("Holder, bag number", ""),
    )
    note = (
        "Written by hand from the station's screen, by its holder alone. Never photographed, "
        "copied, or typed into any other machine."
    )
    card = Card(
        f"Sheet of a backup: {words} {unit}",
        (Facts(facts), blank_words(boxes, per_row), Paragraph(note)),
    )
    return Document(title="Cards for sheets", mark=mark, blocks=(card,) * count)


def certificate_document(
    kind: Certificate, sheets: int, people: int, *, mark: str = ""
) -> Document:
    """A blank certificate, to be filled in and signed by hand in the room."""
    date = (("Date", ""), ("Place", ""))
    if kind is Certificate.SESSION:
        return Document(
            title="Certificate of a session",
            mark=mark,
            blocks=(
                Facts((*date, ("Ceremony", ""), ("Image, its first words", ""))),
                Heading("Head of the transcript, its 32 words"),
                Paragraph("Copied by hand from the screen and read aloud once against it."),
                blank_words(),
                Heading("Present"),
                _signatures(people),
            ),
        )
    if kind is Certificate.KEY:
        key = ("Master fingerprint", ""), ("Path and kind", ""), ("Public key (xpub)", ""), ("", "")
        return Document(
            title="Certificate of a key",
            mark=mark,
            blocks=(
                Facts((*date, ("Made for the wallet", ""), *key)),
                Heading("The key's 32 words"),
                Paragraph(
                    "Copied by hand from the screen of the station that made the key (Ceremonies, "
                    "Export keys). Its owner types words of them where the wallet is registered."
                ),
                blank_words(),
                Heading("Witnesses"),
                _signatures(people),
            ),
        )
    return Document(
        title="Certificate of destruction",
        mark=mark,
        blocks=(
            Facts((*date, ("Wallet", ""), ("Network", ""), ("Checksum of the descriptor", ""))),
            Heading("Known copies, and what became of each"),
            Paragraph(
                "Each is shown to the camera first. Destroyed, missing, or kept because other "
                "wallets need the same seed. Sticks and generations of the vault count as copies."
            ),
            Grid(
                ("Set", "Sheet", "Holder", "Bag", "What became of it", "Initials"),
                (("",) * 6,) * sheets,
                (4, 2, 4, 3, 5, 2),
            ),
            Heading("Present"),
            _signatures(people),
        ),
    )


def _signatures(people: int) -> Grid:
    rows = (("",) * 3,) * max(people, 1)
    return Grid(("Name", "Role", "Signature"), rows, (4, 2, 4))
