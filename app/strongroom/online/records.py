"""What the companion remembers, as frozen values, and their one form on disk. No secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.money import MAX_MONEY, Sats
from strongroom.core.text import parse_strict_json, readable_json
from strongroom.core.wallet_file import WalletFile, parse_wallet_file, render_wallet_file

if TYPE_CHECKING:
    from datetime import datetime

    from strongroom.core.text import JsonObject

VERSION = 1
_WALLET_FORMAT, _REQUEST_FORMAT = "strongroom-watched-wallet", "strongroom-request-record"
_HEX64 = re.compile(r"[0-9a-f]{64}")
_MAX_VOUT, _MAX_ITEMS, _MAX_VAULTS, _PATH_CAP = 2**32 - 1, 10_000, 32, 4096
_MAX_HEIGHT = 499_999_999


class Stage(Enum):
    """How far a request has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    WRITTEN = "written"
    ANSWERED = "answered"
    BROADCAST = "broadcast"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    INVALID = "invalid"

    @property
    def is_open(self) -> bool:
        """Whether the coins of the request are set aside for it."""
        return self in {Stage.DRAFT, Stage.APPROVED, Stage.WRITTEN, Stage.ANSWERED}

    @property
    def is_given_up(self) -> bool:
        """Whether nothing will come of the request any more."""
        return self in {Stage.CANCELLED, Stage.INVALID}


class SourceKind(Enum):
    """What knows the chain: a node of one's own, or a server."""

    CORE = "core"
    ESPLORA = "esplora"
    ELECTRUM = "electrum"
    FILTERS = "filters"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """Where a node or server is, and how to be let in.

    A node takes a cookie file, or a user whose password is asked for. `socks5` is the HOST:PORT of a proxy to
    a server.
    """

    url: str
    cookie: str = ""
    user: str = ""
    kind: SourceKind = SourceKind.CORE
    socks5: str = ""

    @property
    def shown(self) -> str:
        """The address as `wallet add` takes it."""
        return self.url if self.kind is SourceKind.CORE else f"{self.kind.value}+{self.url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedWallet:
    """A wallet file, the node that watches it, and its name on that node.

    `vaults` are the armored certificates of further stations that sign for the wallet; `second` is another
    source, which has to agree before a request is made.
    """

    file: WalletFile
    node: NodeSettings
    node_wallet: str
    vaults: tuple[str, ...] = ()
    second: NodeSettings | None = None

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """Every vault whose seal on an answer is accepted; none if nobody named one."""
        return tuple(text.encode() for text in (self.file.certificate, *self.vaults) if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """A request of this companion, at the stage that its journal says.

    `digest` and `txid` are 64 hex digits; `txid` is of the unsigned transaction.

    `expires_height` is the last block at which a station may sign it, and up to which its coins are leased.
    `was_written` stays true for good: from then on a vault may have seen the sequence number.
    `sent` is the txid in the network, empty before.
    """

    request_id: str
    wallet: str
    sequence: int
    digest: str
    created: datetime
    txid: str
    spent: tuple[tuple[OutPoint, Sats], ...]
    expires_height: int
    stage: Stage = Stage.DRAFT
    was_written: bool = False
    sent: str = ""

    def leases_at(self, height: int) -> bool:
        """Whether its coins are set aside at this block height.

        An answered one keeps them past its expiry: its signatures are good until its coins are spent.
        """
        return self.stage is Stage.ANSWERED or (
            self.stage.is_open and height <= self.expires_height
        )

    def check_unanswered(self, what: str) -> None:
        """REQUEST-STATE: no answer has come and it was not cancelled, so it can still be `what`."""
        if self.stage not in {Stage.DRAFT, Stage.APPROVED, Stage.WRITTEN}:
            raise Violation(
                "REQUEST-STATE",
                f"request {self.request_id} is {self.stage.value} and can not be {what} any more",
            )


def render_wallet(wallet: WatchedWallet) -> bytes:
    """The file under `wallets/`."""
    return readable_json(
        {
            "format": _WALLET_FORMAT,
            "version": VERSION,
            "wallet": render_wallet_file(wallet.file).decode(),
            "node": _render_settings(wallet.node),
            "second": [_render_settings(wallet.second)] if wallet.second else [],
            "node_wallet": wallet.node_wallet,
            "vaults": [{"certificate": certificate} for certificate in wallet.vaults],
        }
    )


def parse_wallet(data: bytes) -> WatchedWallet:
    """The watched wallet in `data`; raises WALLET-FORMAT."""
    rule = "WALLET-FORMAT"
    blocks = frozenset({"wallet", "certificate"})
    obj = parse_strict_json(data, rule=rule, text_rule=rule, blocks=blocks)
    fields = Fields(obj, where="watched wallet", rule=rule, text_rule=rule)
    fields.take_constant("format", _WALLET_FORMAT)
    fields.take_constant("version", VERSION)
    wallet = WatchedWallet(
        file=parse_wallet_file(fields.take_block("wallet").encode()),
        node=_parse_settings(fields.take_object("node")),
        second=next(map(_parse_settings, fields.take_objects("second", cap=1)), None),
        node_wallet=fields.take_text("node_wallet", cap=_PATH_CAP),
        vaults=tuple(_parse_vault(item) for item in fields.take_objects("vaults", cap=_MAX_VAULTS)),
    )
    fields.check_end()
    return wallet


def _render_settings(node: NodeSettings) -> JsonObject:
    return {
        "kind": node.kind.value,
        "url": node.url,
        "cookie": node.cookie,
        "user": node.user,
        "socks5": node.socks5,
    }


def _parse_settings(fields: Fields) -> NodeSettings:
    kinds = re.compile("|".join(kind.value for kind in SourceKind))
    node = NodeSettings(
        kind=SourceKind(fields.take_match("kind", kinds, form="a kind of source")),
        url=fields.take_text("url", cap=_PATH_CAP),
        cookie=fields.take_text("cookie", cap=_PATH_CAP, empty=True),
        user=fields.take_text("user", cap=_PATH_CAP, empty=True),
        socks5=fields.take_text("socks5", cap=_PATH_CAP, empty=True),
    )
    fields.check_end()
    return node


def _parse_vault(fields: Fields) -> str:
    certificate = fields.take_block("certificate")
    fields.check_end()
    return certificate


def render_record(record: RequestRecord) -> bytes:
    """The file `request.json` of a request, which never changes; its journal says the rest."""
    return readable_json(
        {
            "format": _REQUEST_FORMAT,
            "version": VERSION,
            "request_id": record.request_id,
            "wallet": record.wallet,
            "sequence": record.sequence,
            "digest": record.digest,
            "created": render_moment(record.created),
            "txid": record.txid,
            "spent": [
                {"txid": point.txid[::-1].hex(), "vout": point.vout, "amount_sat": amount}
                for point, amount in record.spent
            ],
            "expires_height": record.expires_height,
        }
    )


def parse_record(data: bytes) -> RequestRecord:
    """The record in `data`, as it was made; raises REQUEST-STATE."""
    rule = "REQUEST-STATE"
    obj = parse_strict_json(data, rule=rule, text_rule=rule)
    fields = Fields(obj, where="request record", rule=rule, text_rule=rule)
    fields.take_constant("format", _REQUEST_FORMAT)
    fields.take_constant("version", VERSION)
    record = RequestRecord(
        request_id=fields.take_text("request_id", cap=128),
        wallet=fields.take_text("wallet", cap=128),
        sequence=fields.take_int("sequence", low=1, high=2**53),
        digest=fields.take_match("digest", _HEX64, form="64 hex digits"),
        created=fields.take_moment("created"),
        txid=fields.take_match("txid", _HEX64, form="64 hex digits"),
        spent=tuple(
            _parse_spent(item) for item in fields.take_objects("spent", cap=_MAX_ITEMS, least=1)
        ),
        expires_height=fields.take_int("expires_height", low=0, high=_MAX_HEIGHT),
    )
    fields.check_end()
    return record


def _parse_spent(fields: Fields) -> tuple[OutPoint, Sats]:
    txid = bytes.fromhex(fields.take_match("txid", _HEX64, form="64 hex digits"))
    point = OutPoint(txid[::-1], fields.take_int("vout", low=0, high=_MAX_VOUT))
    amount = Sats(fields.take_int("amount_sat", low=1, high=MAX_MONEY))
    fields.check_end()
    return point, amount
