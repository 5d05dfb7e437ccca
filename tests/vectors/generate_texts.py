"""Write the bad files and typed texts: `python -m tests.vectors.generate_texts`.

Each vector names the reader that must refuse it, in `READERS`, and holds its text, or its bytes in hex.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from strongroom.core.backup.codex32 import parse_codex32
from strongroom.core.backup.slip39 import check_quorum, combine_shares
from strongroom.core.backup.slip39_share import parse_share
from strongroom.core.bitcoin.children import ChildKind, child_path
from strongroom.core.bitcoin.mnemonic import entropy_from_mnemonic, parse_mnemonic
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.openpgp import parse_certificate_listing
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.moment import parse_moment
from strongroom.core.network import Network
from strongroom.core.optical.bbqr import FileType, join_file, split_file
from strongroom.core.proof.message import verify_message
from strongroom.core.secret import Secret
from strongroom.core.session.desk import check_time
from strongroom.core.session.wallets import check_new, check_own
from strongroom.core.transcript.chain import append, render_events, verify_chain
from strongroom.core.transcript.model import Transcript
from strongroom.core.transcript.opening import opening_event
from strongroom.core.vault.address_book import parse_address_book
from strongroom.core.vault.age import decrypt_with_passphrase, encrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault, render_vault
from strongroom.core.vault.contents_policy import trust_digest
from strongroom.core.vault.dice import check_dice
from strongroom.core.vault.limits import limit_of, parse_value
from strongroom.core.vault.model import TrustList, VaultContents
from strongroom.core.vault.passphrase import check_passphrase
from strongroom.core.wallet_file import WalletFile, parse_wallet_file, render_wallet_file
from tests.vectors.factory import CREATED, NETWORK, seed, stranger, wallet
from tests.vectors.generate_containers import write
from tests.vectors.published import read_published

WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"
DICE = "".join(str(1 + byte % 6) for byte in hashlib.shake_256(b"rolled").digest(99))
BOOK = f"address,name\n{stranger(1)},Landlord\n"
SLIP39 = read_published("slip39")
Vector = Mapping[str, Any]


def _own_wallet(vector: Vector) -> None:
    contents = parse_vault(vector["vault"].encode())
    file = parse_wallet_file(vector["text"].encode())
    check_new(contents, file.name, file.descriptor)
    check_own(contents, parse_descriptor(file.descriptor, file.network))


READERS: dict[str, Callable[[Vector], object]] = {
    "descriptor": lambda v: parse_descriptor(v["text"], NETWORK),
    "wallet file": lambda v: parse_wallet_file(v["text"].encode()),
    "wallet of a vault": _own_wallet,
    "scanned codes": lambda v: join_file(v["texts"]),
    "seed words": lambda v: entropy_from_mnemonic(parse_mnemonic(v["text"])),
    "dice": lambda v: check_dice(v["text"], 256),
    "passphrase of a vault": lambda v: check_passphrase(Secret(v["text"].encode())),
    "contents of a vault": lambda v: parse_vault(v["text"].encode()),
    "vault": lambda v: decrypt_with_passphrase(
        bytes.fromhex(v["hex"]), Secret(v["passphrase"].encode()), available=v["available"]
    ),
    "certificate listing": lambda v: parse_certificate_listing(v["text"].encode()),
    "transcript": lambda v: verify_chain(v["text"].encode()),
    "address book": lambda v: parse_address_book(bytes.fromhex(v["hex"]), frozenset((NETWORK,))),
    "limit": lambda v: parse_value(limit_of(v["field"]), v["text"]),
    "share": lambda v: parse_share(Secret(v["text"].encode())),
    "shares": lambda v: combine_shares([parse_share(Secret(t.encode())) for t in v["texts"]]),
    "quorum of shares": lambda v: check_quorum(v["threshold"], v["count"]),
    "codex32": lambda v: parse_codex32(Secret(v["text"].encode())),
    "child": lambda v: child_path(ChildKind[v["text"]], v["length"], v["index"]),
    "signed message": lambda v: verify_message(
        v["message"].encode(), v["address"], v["text"], Network.MAINNET
    ),
    "declared time": lambda v: check_time(
        parse_moment(v["text"]), parse_moment(v["not_before"]), "the release was built"
    ),
}


def _contents() -> VaultContents:
    return VaultContents(generation=1, seeds=(seed("ana"),), wallets=(wallet(ScriptKind.WPKH),))


def _wallet_file(name: str, descriptor: str) -> str:
    file = WalletFile(name=name, network=NETWORK, descriptor=descriptor, certificate="")
    return render_wallet_file(file).decode()


def _sealed() -> bytes:
    drawn = iter(range(256))
    return encrypt_with_passphrase(
        render_vault(_contents()),
        Secret(b"correct horse battery staple"),
        work_factor=10,
        random=lambda size: bytes(next(drawn) for _ in range(size)),
    )


def _transcript() -> str:
    event = opening_event(
        activity="sign",
        release="0.1.0",
        commit="0123abcd",
        image_digest=None,
        trust_digest=trust_digest(TrustList()),
        previous_head=None,
        declared=CREATED,
        monotonic=1,
    )
    return render_events(append(Transcript(), event, salt=bytes(32))).decode()


def _listing(*changes: tuple[str, str]) -> str:
    text = (
        "pub:-:255:22:AAAAAAAAAAAAAAAA:1790000000:::-:::sc:\n"
        f"fpr:::::::::{'A' * 40}:\n"
        "uid:-::::1790000000::0::Ana <ana@example.org>:\n"
    )
    for old, new in changes:
        text = text.replace(old, new)
    return text


def texts() -> dict[tuple[str, str], dict[str, object]]:
    """Every bad text, by rule and name."""
    descriptor = wallet(ScriptKind.WPKH).descriptor
    vault = render_vault(_contents()).decode()
    sealed = _sealed()
    no_memory = sealed.replace(b" 10\n", b" 20\n", 1)
    theirs = wallet(ScriptKind.WPKH, owner="mallory").descriptor
    hexed = {"available": None, "passphrase": "correct horse battery stable"}

    def read(reader: str, text: str, **more: object) -> dict[str, object]:
        return {"reader": reader, "text": text, **more}

    def book(data: bytes) -> dict[str, object]:
        return {"reader": "address book", "hex": data.hex()}

    return {
        ("DESCRIPTOR", "no-checksum"): read("descriptor", descriptor.partition("#")[0]),
        ("DESCRIPTOR", "one-letter-of-the-key"): read(
            "descriptor", descriptor.replace("tpub", "tpuc")
        ),
        ("DESCRIPTOR", "unknown-form"): read("descriptor", "raw(51)#8lvh9jxk"),
        ("WALLET-FORMAT", "not-json"): read("wallet file", "wallet"),
        ("WALLET-FORMAT", "name-of-a-path"): read(
            "wallet file", _wallet_file("a", descriptor).replace('"a"', '"../a"')
        ),
        ("WALLET-DUPLICATE", "registered-already"): read(
            "wallet of a vault", _wallet_file("Treasury", descriptor), vault=vault
        ),
        ("WALLET-KEY", "wallet-of-somebody-else"): read(
            "wallet of a vault", _wallet_file("Theirs", theirs), vault=vault
        ),
        ("SEED-WORDS", "wrong-checksum"): read("seed words", WORDS.replace("yellow", "year")),
        ("SEED-WORDS", "unknown-word"): read("seed words", WORDS.replace("wave", "wawe")),
        ("SEED-DICE", "too-few"): read("dice", DICE[:98]),
        ("SEED-DICE", "one-face-far-too-often"): read("dice", "6" * 60 + DICE[60:]),
        ("VAULT-WEAK", "eleven-characters"): read("passphrase of a vault", "correct hor"),
        ("VAULT-WEAK", "a-run"): read("passphrase of a vault", "abcdefghijklmnop"),
        ("VAULT-FORMAT", "contents-of-a-later-version"): read(
            "contents of a vault", vault.replace('"version":1', '"version":2')
        ),
        ("VAULT-FORMAT", "seed-under-another-fingerprint"): read(
            "contents of a vault", vault.replace(seed("ana").fingerprint.hex(), "00000000")
        ),
        ("VAULT-FORMAT", "one-bit-of-the-file"): {
            **hexed,
            "passphrase": "correct horse battery staple",
            "reader": "vault",
            "hex": bytes((*sealed[:-1], sealed[-1] ^ 1)).hex(),
        },
        ("VAULT-PASSPHRASE", "one-wrong-letter"): {**hexed, "reader": "vault", "hex": sealed.hex()},
        ("VAULT-MEMORY", "more-work-than-there-is-memory"): {
            **hexed,
            "reader": "vault",
            "hex": no_memory.hex(),
            "available": 512 * 1024 * 1024,
        },
        ("CERTIFICATE", "two-certificates"): read("certificate listing", _listing() * 2),
        ("CERTIFICATE", "secret-key"): read("certificate listing", _listing(("pub:", "sec:"))),
        ("CERTIFICATE", "rsa-of-1024-bits"): read(
            "certificate listing", _listing(("255:22", "1024:1"))
        ),
        ("TRANSCRIPT", "one-digit-of-an-event"): read(
            "transcript", _transcript().replace("0.1.0", "0.1.1")
        ),
        ("TRANSCRIPT", "event-twice"): read("transcript", _transcript() * 2),
        ("ADDRESS-BOOK", "no-head"): book(BOOK.partition("\n")[2].encode()),
        ("ADDRESS-BOOK", "three-columns"): book(BOOK.replace("Landlord", "Landlord,rent").encode()),
        ("ADDRESS-BOOK", "not-utf-8"): book(BOOK.encode() + b"\xff"),
        ("ADDRESS-BOOK", "address-twice"): book((BOOK + BOOK.partition("\n")[2]).encode()),
        ("ADDRESS-BOOK", "name-that-reads-backwards"): book(
            BOOK.replace("Land", "\u202eLand").encode()
        ),
        ("ADDRESS-BOOK", "no-entries"): book(b"address,name\n"),
        ("ADDRESS", "wrong-letter-in-an-address-book"): book(
            BOOK.replace("bcrt1q", "bcrt1qq").encode()
        ),
        ("INPUT-NETWORK", "address-book-of-another-network"): book(
            b"address,name\nbc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4,Landlord\n"
        ),
        ("POLICY-VALUE", "share-over-all"): read("limit", "101", field="fee_share_block"),
        ("POLICY-VALUE", "amount-without-a-unit"): read("limit", "1", field="amount_per_window"),
        ("POLICY-VALUE", "no-people"): read("limit", "0", field="witnesses"),
        ("POLICY-VALUE", "no-cap-at-all"): read("limit", "none", field="fee_absolute"),
        ("POLICY-VALUE", "relay-of-nothing"): read("limit", "0", field="fee_relay_millisats"),
        ("SESSION-TIME", "before-the-release"): read(
            "declared time", "2026-10-31T23:59:59Z", not_before="2026-11-01T00:00:00Z"
        ),
    }


def backups() -> dict[tuple[str, str], dict[str, object]]:
    """Bad shares, children and signed messages, by rule and name; most of them as published."""
    shares = [words for words, secret in (case[1:3] for case in SLIP39["cases"]) if secret]
    pair = next(words for words in shares if len(words) == 2)
    codex32 = read_published("codex32")["valid"][0][0][0]
    proofs = read_published("bip322")
    series = split_file(WORDS.encode(), FileType.TEXT, capacity=40)
    other = split_file(DICE.encode(), FileType.BINARY, capacity=40)
    forged, locked = proofs["bad"][0], next(c for c in proofs["good"] if "time-lock" in c["type"])
    return {
        ("SHARE-WORDS", "wrong-checksum"): {"reader": "share", "text": SLIP39["cases"][1][1][0]},
        ("SHARE-SET", "one-of-two"): {"reader": "shares", "texts": pair[:1]},
        ("SHARE-SET", "one-share-twice"): {"reader": "shares", "texts": [pair[0], pair[0]]},
        ("SHARE-QUORUM", "one-is-enough"): {
            "reader": "quorum of shares",
            "threshold": 1,
            "count": 3,
        },
        ("CODEX32", "last-letter"): {"reader": "codex32", "text": f"{codex32[:-1]}q"},
        ("CHILD", "thirteen-words"): {"reader": "child", "text": "WORDS", "length": 13, "index": 0},
        ("SCAN", "part-missing"): {"reader": "scanned codes", "texts": list(series[:-1])},
        ("SCAN", "two-series-mixed"): {"reader": "scanned codes", "texts": [series[0], *other]},
        ("SCAN", "letter-misread"): {
            "reader": "scanned codes",
            "texts": [f"{series[0][:-1]}1", *series[1:]],
        },
        ("PROOF", "no-signature"): {
            "reader": "signed message",
            "text": forged["signature"],
            "message": forged["message"],
            "address": forged["address"],
        },
        ("PROOF-SCRIPT", "time-lock"): {
            "reader": "signed message",
            "text": locked["bip322_signatures"][0],
            "message": locked["message"],
            "address": locked["address"],
        },
    }


def main() -> None:
    """Write everything to bad/<RULE-ID>/."""
    write(
        {
            (rule, name): {"stage": "text", "rule": rule, **content}
            for (rule, name), content in {**texts(), **backups()}.items()
        }
    )


if __name__ == "__main__":
    main()
