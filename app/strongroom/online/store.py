"""The companion's memory: one folder, one file per wallet, one folder per request. No secrets.

    wallets/<name>.json
    labels/<name>.jsonl                     labels of a wallet, as BIP-329 has them
    address-book.json
    approvers/<name>.json                   who may approve requests of a wallet
    requests/<id>/request.json              what it is; never changes
    requests/<id>/<id>.request              the bundle without approvals; never changes
    requests/<id>/approvals/<key>.asc       each approval
    requests/<id>/log/<digest>.json         each event: how far it has come
    requests/<id>/<digest>.response         each answer that was checked and taken
    requests/<id>/<digest>.transcript.jsonl the station's record beside it

A team may share the folder by any means: what belongs to a request is added in files of their own and never
written twice. Writers on one computer hold the lock from reading to writing, so that two of them never hand
out one sequence number; people on several computers agree on who makes requests of a wallet.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.core.bundle.archive import SIGNATURE_CAP, parse_archive, render_archive
from strongroom.core.bundle.model import CertificateFingerprint, DetachedSignature
from strongroom.core.errors import Fault, Violation
from strongroom.core.session.values import FileKind
from strongroom.core.transcript.chain import SIZE_CAP as TRANSCRIPT_CAP
from strongroom.core.vault.model import TrustList
from strongroom.online.address_book import AddressBook, parse_book, render_book
from strongroom.online.approvers import parse_approvers, render_approvers
from strongroom.online.files import locked, read_file, write_file
from strongroom.online.journal import Event, Journal, parse_journal, render_event
from strongroom.online.labels import Labels, parse_labels, render_labels
from strongroom.online.records import (
    RequestRecord,
    Stage,
    WatchedWallet,
    parse_record,
    parse_wallet,
    render_record,
    render_wallet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strongroom.core.bundle.model import BundleArchive

BUNDLE_CAP = FileKind.REQUEST.cap
LABELS_CAP = 64 * 1024 * 1024
_RECORD_CAP = 4 * 1024 * 1024
_SHORTEST_PREFIX = 4


def default_home() -> Path:
    """The folder of the XDG base directory specification."""
    base = os.environ.get("XDG_DATA_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".local" / "share"
    return root / "strongroom"


@dataclass(frozen=True, slots=True)
class Store:
    """The companion's folder."""

    home: Path

    def _folder(self, *parts: str) -> Path:
        folder = self.home.joinpath(*parts)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Fault("MEDIA-WRITE", f"cannot make {folder}: {error.strerror}") from error
        return folder

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the folder, until the lines inside are done."""
        with locked(self._folder() / "lock"):
            yield

    def wallets(self) -> tuple[WatchedWallet, ...]:
        """All wallets, by name."""
        paths = sorted(self._folder("wallets").glob("*.json"))
        return tuple(parse_wallet(read_file(path, cap=_RECORD_CAP)) for path in paths)

    def wallet(self, name: str) -> WatchedWallet:
        """The wallet `name`; raises WALLET-UNKNOWN."""
        found = {wallet.file.name: wallet for wallet in self.wallets()}
        if name not in found:
            known = ", ".join(found) or "none yet"
            raise Violation(
                "WALLET-UNKNOWN",
                f"there is no wallet {name!r}; known: {known}",
                hint="add one with `strongroom wallet add FILE`",
            )
        return found[name]

    def check_new(self, name: str) -> None:
        """That no wallet is called `name` yet; raises WALLET-DUPLICATE."""
        if any(wallet.file.name == name for wallet in self.wallets()):
            raise Violation("WALLET-DUPLICATE", f"there is a wallet {name!r} already")

    def add_wallet(self, wallet: WatchedWallet) -> None:
        """Remember `wallet`; raises WALLET-DUPLICATE if its name is taken."""
        self.check_new(wallet.file.name)
        self.save_wallet(wallet)

    def save_wallet(self, wallet: WatchedWallet) -> None:
        """Remember `wallet` in place of what was known of it."""
        write_file(self._folder("wallets") / f"{wallet.file.name}.json", render_wallet(wallet))

    def _label_path(self, wallet: str) -> Path:
        return self._folder("labels") / f"{wallet}.jsonl"

    def labels(self, wallet: str) -> Labels:
        """The labels of a wallet."""
        path = self._label_path(wallet)
        return parse_labels(read_file(path, cap=LABELS_CAP)) if path.exists() else Labels()

    def save_labels(self, wallet: str, labels: Labels) -> None:
        """Remember `labels` in place of what was known."""
        write_file(self._label_path(wallet), render_labels(labels))

    def book(self) -> AddressBook:
        """The address book."""
        path = self._folder() / "address-book.json"
        return parse_book(read_file(path, cap=_RECORD_CAP)) if path.exists() else AddressBook()

    def save_book(self, book: AddressBook) -> None:
        """Remember `book` in place of what was known."""
        write_file(self._folder() / "address-book.json", render_book(book))

    def trust(self, wallet: str) -> TrustList:
        """Who may approve requests of a wallet; nobody is named until somebody is added."""
        path = self._folder("approvers") / f"{wallet}.json"
        return parse_approvers(read_file(path, cap=_RECORD_CAP)) if path.exists() else TrustList()

    def save_trust(self, wallet: str, trust: TrustList) -> None:
        """Remember `trust` in place of what was known."""
        write_file(self._folder("approvers") / f"{wallet}.json", render_approvers(trust))

    def requests(self, wallet: str | None = None) -> tuple[RequestRecord, ...]:
        """All requests (of one wallet), oldest first."""
        paths = self._folder("requests").glob("*/request.json")
        records = (parse_record(read_file(path, cap=_RECORD_CAP)) for path in paths)
        wanted = (self._current(record) for record in records if wallet in {None, record.wallet})
        return tuple(sorted(wanted, key=lambda r: (r.wallet, r.sequence, r.created)))

    def journal(self, record: RequestRecord) -> Journal:
        """What happened to a request; raises AUDIT-LOG."""
        paths = self._folder("requests", record.request_id, "log").glob("*.json")
        files = {path.stem: read_file(path, cap=_RECORD_CAP) for path in paths}
        return parse_journal(files, record.digest)

    def _current(self, record: RequestRecord) -> RequestRecord:
        journal = self.journal(record)
        return replace(
            record, stage=journal.stage, was_written=journal.was_written, sent=journal.sent
        )

    def request(self, name: str) -> RequestRecord:
        """The request with this id, or whose id or digest begins so; raises WALLET-UNKNOWN."""
        records = self.requests()
        exact = [record for record in records if name in {record.request_id, record.digest}]
        if exact:
            return exact[0]
        near = [r for r in records if r.request_id.startswith(name) or r.digest.startswith(name)]
        if len(near) != 1 or len(name) < _SHORTEST_PREFIX:
            raise Violation(
                "WALLET-UNKNOWN",
                f"{len(near)} requests here begin with {name!r}",
                hint="see `strongroom request list`",
            )
        return near[0]

    def _bundle_path(self, record: RequestRecord) -> Path:
        return self._folder("requests", record.request_id) / f"{record.request_id}.request"

    def bundle(self, record: RequestRecord) -> bytes:
        """The request as it travels, with the approvals so far."""
        return render_archive(self.archive(record))

    def archive(self, record: RequestRecord) -> BundleArchive:
        """The members of the request, with the approvals so far."""
        bare = parse_archive(read_file(self._bundle_path(record), cap=BUNDLE_CAP))
        paths = sorted(self._approvals(record).glob("*.asc"))
        signatures = tuple(
            DetachedSignature(
                fingerprint=CertificateFingerprint(path.stem),
                armored=read_file(path, cap=SIGNATURE_CAP),
            )
            for path in paths
        )
        return replace(bare, signatures=signatures)

    def _approvals(self, record: RequestRecord) -> Path:
        return self._folder("requests", record.request_id, "approvals")

    def save_new(self, record: RequestRecord, archive: BundleArchive) -> None:
        """Remember a new request; it exists once its first event is written."""
        write_file(self._bundle_path(record), render_archive(archive))
        self._append(record, Stage.DRAFT, at=record.created)
        path = self._folder("requests", record.request_id) / "request.json"
        write_file(path, render_record(record))

    def add_approval(
        self, record: RequestRecord, signature: DetachedSignature, *, note: str = ""
    ) -> RequestRecord:
        """Keep a good approval; the same person's earlier one is replaced."""
        write_file(self._approvals(record) / f"{signature.fingerprint}.asc", signature.armored)
        return self.advance(record, Stage.APPROVED, note=note or signature.fingerprint)

    def advance(
        self, record: RequestRecord, stage: Stage, *, sent: str = "", note: str = ""
    ) -> RequestRecord:
        """`record` at `stage`, remembered; `sent` is the txid in the network."""
        parents = self.journal(record).heads
        self._append(record, stage, at=datetime.now(tz=UTC), sent=sent, note=note, parents=parents)
        return self._current(record)

    def _append(
        self,
        record: RequestRecord,
        stage: Stage,
        *,
        at: datetime,
        sent: str = "",
        note: str = "",
        parents: tuple[str, ...] = (),
    ) -> None:
        event = Event(
            request_digest=record.digest,
            stage=stage,
            at=at.replace(microsecond=0),
            by=getpass.getuser(),
            sent=sent,
            note=note,
            parents=parents,
        )
        data = render_event(event)
        name = f"{hashlib.sha256(data).hexdigest()}.json"
        write_file(self._folder("requests", record.request_id, "log") / name, data)

    def answers(self, record: RequestRecord) -> tuple[bytes, ...]:
        """The answers that were taken."""
        paths = sorted(self._folder("requests", record.request_id).glob("*.response"))
        return tuple(read_file(path, cap=BUNDLE_CAP) for path in paths)

    def add_answer(self, record: RequestRecord, data: bytes, transcript: bytes | None) -> None:
        """Keep a checked answer and the record of its sitting; the same one twice is kept once."""
        folder = self._folder("requests", record.request_id)
        name = hashlib.sha256(data).hexdigest()
        write_file(folder / f"{name}.response", data)
        if transcript is not None:
            write_file(folder / f"{name}.transcript.jsonl", transcript)

    def transcript(self, record: RequestRecord, answer: bytes) -> bytes | None:
        """The record of the sitting that gave `answer`, if it was brought along."""
        name = f"{hashlib.sha256(answer).hexdigest()}.transcript.jsonl"
        path = self._folder("requests", record.request_id) / name
        return read_file(path, cap=TRANSCRIPT_CAP) if path.exists() else None

    def last_in_chain(self, wallet: str) -> RequestRecord | None:
        """The request that the next one of `wallet` continues.

        One that was given up counts once it was written: a vault may have seen its sequence number.
        """
        counted = [
            record
            for record in self.requests(wallet)
            if record.was_written or not record.stage.is_given_up
        ]
        return max(counted, key=lambda record: record.sequence, default=None)
