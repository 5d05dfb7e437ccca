"""Children of a seed for other uses (BIP-85), shown to their owner once and kept nowhere."""

from __future__ import annotations

from strongroom.core.bitcoin.children import ChildKind, child_path, derive_child
from strongroom.core.bitcoin.keys import render_path
from strongroom.core.session.choices import choose_network, choose_seed
from strongroom.core.session.desk import Desk, record
from strongroom.core.session.pages import Choose, HandOver, PaperForm, ShowPaper
from strongroom.core.session.paper import write_sheet
from strongroom.core.session.requests import Steps, ask
from strongroom.core.session.wallets import choose_number
from strongroom.core.vault.seeds import master_of

_KINDS = (
    (ChildKind.WORDS, "Seed words", "for another wallet (BIP-39)"),
    (ChildKind.WIF, "A private key", "in WIF"),
    (ChildKind.EXTENDED_KEY, "An extended private key", "xprv or tprv"),
    (ChildKind.HEX, "Random bytes", "in hex, for other programs"),
    (ChildKind.PASSWORD_BASE64, "A password", "of letters, digits, + and /"),
    (ChildKind.PASSWORD_BASE85, "A password", "of all printable characters"),
)


def derive_children(desk: Desk) -> Steps[None]:
    """Show one child; its path is recorded, the child is not. Raises CHILD."""
    seed = yield from choose_seed(desk, "A child of which seed?")
    options = tuple((label, note) for _, label, note in _KINDS)
    kind = _KINDS[(yield from ask(Choose("What to derive", _WHAT, options)))][0]
    length = 0
    if kind.lengths:
        span = f"From {kind.lengths[0]} to {kind.lengths[-1]}."
        length = yield from choose_number("How long", (span,), "Length")
    index = yield from choose_number("Which one", _NUMBER, "Number")
    path = child_path(kind, length, index)
    network = yield from choose_network(desk)
    secret = derive_child(master_of(seed), kind, length=length, index=index, network=network)
    title = f"Child {render_path(path)}"
    yield from ask(HandOver("Call the owner of the child", _CALL))
    if kind is ChildKind.WORDS:
        yield from write_sheet(secret, PaperForm.WORDS, title="The child's words", lines=(title,))
    else:
        yield from ask(ShowPaper("The child", (title,), secret, PaperForm.TEXT))
    secret.wipe()
    yield from record(
        desk, "child", "child-derived", {"path": render_path(path), "seed": seed.fingerprint.hex()}
    )


_WHAT = (
    "A child tells nothing of its seed, and the seed gives every child again:",
    "whoever has the seed has them all.",
)
_NUMBER = ("Write the number down: with the seed it gives the same child again.",)
_CALL = ("Everybody else leaves the view of the screen.",)
