"""What programs may build on: the companion's functions and values, without its command line.

Names here keep their meaning within a minor version; everything else in `strongroom` may change. All are
typed (`py.typed`), values are frozen, and what goes wrong is a `Violation` (what was brought in is wrong) or
a `Fault` (machine, node or program), each with a rule id of docs/rules.md. docs/api.md has an example.
"""

from __future__ import annotations

from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.bundle.manifest import parse_request_manifest, parse_response_manifest
from strongroom.core.bundle.model import BundleArchive, Payment, RequestManifest, ResponseManifest
from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.money import Sats, parse_amount, render_btc
from strongroom.core.network import Network
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.model import Finding, Review, Severity
from strongroom.core.wallet_file import WalletFile, parse_wallet_file
from strongroom.core.words import pgp_words
from strongroom.online.answers import Answer, Standing, check_answer, combine, standing
from strongroom.online.audit import audit_requests, coins_at
from strongroom.online.building.coins import Order
from strongroom.online.building.proposal import Asked
from strongroom.online.cross_check import Sources
from strongroom.online.follow import follow
from strongroom.online.intake import Brought, Taken, finish, send, take_answers
from strongroom.online.paper.document import Document, Paper
from strongroom.online.paper.html import render_html
from strongroom.online.paper.pdf import render_pdf
from strongroom.online.paper.text import render_text
from strongroom.online.payments import parse_payment, parse_payment_file
from strongroom.online.records import RequestRecord, Stage, WatchedWallet
from strongroom.online.requests import (
    Bundle,
    Terms,
    bump_request,
    create_request,
    lift_transaction,
    review_bundle,
    take_back_request,
)
from strongroom.online.sheet import sheet_document
from strongroom.online.store import Store, default_home
from strongroom.online.trial import Judge, Trial, try_out
from strongroom.online.trust import approve_manifest
from strongroom.online.wallets.core_rpc import CoreNode
from strongroom.online.wallets.port import ChainSource
from strongroom.online.wallets.rpc import CookieFile, RpcClient, UserPassword

__all__ = [
    "Answer",
    "Asked",
    "Brought",
    "Bundle",
    "BundleArchive",
    "ChainSource",
    "CookieFile",
    "CoreNode",
    "Document",
    "Fault",
    "Finding",
    "Judge",
    "Network",
    "Order",
    "Paper",
    "Payment",
    "RequestManifest",
    "RequestRecord",
    "ResponseManifest",
    "Review",
    "RpcClient",
    "Sats",
    "Severity",
    "Sources",
    "Stage",
    "Standing",
    "Stop",
    "Store",
    "Taken",
    "Terms",
    "Trial",
    "UserPassword",
    "Violation",
    "WalletFile",
    "WatchedWallet",
    "approve_manifest",
    "audit_requests",
    "bump_request",
    "check_answer",
    "coins_at",
    "combine",
    "create_request",
    "default_home",
    "finish",
    "follow",
    "lift_transaction",
    "parse_amount",
    "parse_archive",
    "parse_payment",
    "parse_payment_file",
    "parse_psbt",
    "parse_request_manifest",
    "parse_response_manifest",
    "parse_wallet_file",
    "pgp_words",
    "render_archive",
    "render_btc",
    "render_html",
    "render_pdf",
    "render_text",
    "review_bundle",
    "send",
    "sheet_document",
    "standing",
    "take_answers",
    "take_back_request",
    "try_out",
]
