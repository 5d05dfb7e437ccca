"""A new vault's first wallet, a wallet to be registered, and an approver's certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.moment import render_moment
from strongroom.core.network import Network
from strongroom.core.session.values import CertificateAcceptance, WalletChoice
from strongroom.core.session.wording import COMPARE_KEYS, wording_of
from strongroom.station.tui.kit import Field, Form, Line, Pick, Screen, Typed
from strongroom.station.tui.text import broken, grouped, joined, labelled, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.session.requests import AcceptCertificate, AcceptWallet, ChooseWallet

_KINDS = (
    ("one key, native segwit (BIP-84)", ScriptKind.WPKH),
    ("one key, taproot (BIP-86)", ScriptKind.TR),
    ("one key, nested segwit (BIP-49)", ScriptKind.SH_WPKH),
    ("one key, legacy (BIP-44)", ScriptKind.PKH),
    ("several keys, native segwit", ScriptKind.WSH_MULTI),
    ("several keys, nested segwit", ScriptKind.SH_WSH_MULTI),
    ("several keys, legacy", ScriptKind.SH_MULTI),
)
_NETWORKS = (
    ("mainnet", Network.MAINNET),
    ("testnet4 (not real money)", Network.TESTNET4),
    ("signet (not real money)", Network.SIGNET),
    ("regtest (not real money)", Network.REGTEST),
)
_NAME = 32
_PERSON = 64


class ChooseWalletScreen(Screen):
    """Name, network and kind."""

    keys = "Up/Down field   Left/Right choose   Enter next"
    help = """The name is what requests call the wallet: letters, digits, space, dot, dash and
    underscore, at most 32.

    With several keys, only this vault's public key is written now. The wallet is registered later, when
    all its keys are known."""

    def __init__(self, request: ChooseWallet, reply: Callable[[WalletChoice], None]) -> None:
        said = wording_of(request)
        self.title, (name, network, kind) = said.title, said.fields
        self._reply = reply
        self._name = Field(name, cap=_NAME)
        self._network = Pick(network, _NETWORKS)
        self._kind = Pick(kind, _KINDS)
        lines = joined(*map(wrapped, said.lines), ("",))
        problem = "\n".join(wrapped(request.problem)) if request.problem else ""
        fields = (self._name, self._network, self._kind)
        self._form = Form(lines, fields, self._submit, problem=problem)
        super().__init__(self._form)

    def _submit(self) -> None:
        name = self._name.edit_text.strip()
        if not name:
            self._form.complain("The wallet needs a name.")
            return
        self._reply(WalletChoice(name=name, network=self._network.value, kind=self._kind.value))


class AcceptWalletScreen(Typed):
    """A wallet's policy in words, whole keys and first addresses."""

    help = COMPARE_KEYS

    def __init__(self, request: AcceptWallet, reply: Callable[[None], None]) -> None:
        said = wording_of(request)
        self.title = said.title
        self.network = request.network
        keys = [
            line
            for place, (key, name) in enumerate(request.keys, 1)
            for line in (
                f"Key {place} of {len(request.keys)}{name and f': {visible(name)}'}",
                *broken(visible(key), indent=2),
            )
        ]
        addresses = [line for address in request.addresses for line in grouped(address, indent=2)]
        lines = joined(
            (
                *labelled("Name", request.name),
                *labelled("Network", request.network.value),
                *labelled("Policy", request.summary),
            ),
            keys,
            ("First addresses to receive at", *addresses),
        )
        super().__init__(lines, said.word, lambda: reply(None))


class AcceptCertificateScreen(Screen):
    """A certificate, the name to keep it under, and words of its fingerprint from paper."""

    keys = "Tab next field   Enter next, and add at the last"
    help = """The owner of the certificate brings the 32 words of its fingerprint on paper, made on
    the own computer. Two of them are asked for here; they are not on this screen, so they can only come
    from the paper. If they do not fit, this is another certificate."""

    def __init__(
        self, request: AcceptCertificate, reply: Callable[[CertificateAcceptance], None]
    ) -> None:
        self._reply = reply
        said = wording_of(request)
        self.title, (name, *words) = said.title, said.fields
        self._name = Field(name, cap=_PERSON)
        self._words = tuple(Field(word, cap=16) for word in words)
        certificate = request.certificate
        problem = "\n".join(wrapped(request.problem)) if request.problem else ""
        expires = render_moment(certificate.expires) if certificate.expires else "never"
        names = [line for name in certificate.user_ids for line in labelled("Claims to be", name)]
        lines: tuple[Line, ...] = (
            *labelled("Fingerprint", grouped(certificate.fingerprint, per_row=10)[0]),
            *names[:6],
            *((f"{'':16}and more names",) if len(names) > 6 else ()),  # noqa: PLR2004 - what fits
            *labelled("Created", render_moment(certificate.created)),
            *labelled("Expires", expires),
            "",
            *(line for text in said.lines for line in wrapped(text)),
            "",
        )
        self._form = Form(lines, (self._name, *self._words), self._submit, problem=problem)
        super().__init__(self._form)

    def _submit(self) -> None:
        name = self._name.edit_text.strip()
        typed = tuple(field.edit_text.strip().lower() for field in self._words)
        if not name:
            self._form.complain("The approver needs a name.")
        elif not all(typed):
            self._form.complain("Every word is needed.", place=typed.index("") + 1)
        else:
            self._reply(CertificateAcceptance(name=name, typed=typed))
