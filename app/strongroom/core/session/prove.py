"""C8, prove that keys work: sign an auditor's message, or a proof of funds, without moving a coin (BIP-322)."""

from __future__ import annotations

import hashlib

from strongroom.core.bitcoin.address import group_address
from strongroom.core.descriptor.checksum import checksum_of
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.optical.codes import short_codes
from strongroom.core.proof.file import Proof, parse_proof, render_proof
from strongroom.core.proof.prove import finish_proof, missing_signers, proof_address, sign_proof
from strongroom.core.session.desk import Desk, coded, record, write_until_done
from strongroom.core.session.pages import Tell
from strongroom.core.session.requests import ChooseFile, ShowResult, Steps, Work, WriteFiles, ask
from strongroom.core.session.values import FileKind, OutFile
from strongroom.core.vault.model import VaultContents
from strongroom.core.vault.seeds import master_of

_SATS = 100_000_000


def prove_keys(desk: Desk) -> Steps[None]:
    """Add our signatures to a proof; with the last of them the finished text is written too.

    Raises PROOF, PROOF-SCRIPT, or WALLET-UNKNOWN for a wallet that is not registered here.
    """
    contents = desk.opened().contents
    file = yield from ask(ChooseFile(FileKind.PROOF))
    proof = parse_proof(file.data)
    descriptor = find_wallet(contents, proof)
    yield from ask(Tell("Sign this message?", message_lines(proof, descriptor), word="sign"))

    def work() -> Proof:
        signed = proof
        for seed in contents.seeds:
            if any(key.fingerprint == seed.fingerprint for key in descriptor.keys):
                signed = sign_proof(signed, descriptor, master_of(seed))
        return signed

    signed = yield from ask(Work("Signing the message", lambda _progress: work()))
    missing = missing_signers(signed, descriptor)
    files = [OutFile(name=file.name, data=render_proof(signed))]
    if not missing:
        text = finish_proof(signed, descriptor)
        stem = file.name.removesuffix(FileKind.PROOF.suffix)
        files.append(OutFile(name=f"{stem}.bip322.txt", data=f"{text}\n".encode()))
    receipt = yield from write_until_done(WriteFiles(tuple(files), "the proof", keep_previous=True))
    yield from record(
        desk,
        "prove",
        "message-signed",
        {"wallet": proof.wallet, "message": proof.message, "coins": len(proof.coins)},
        inputs={"proof": hashlib.sha256(file.data).hexdigest()},
        outputs={"proof": hashlib.sha256(files[0].data).hexdigest()},
    )
    codes = short_codes(*coded(receipt, files))
    ending = f"{missing} more must sign" if missing else f"finished: {receipt.names[-1]}"
    yield from ask(ShowResult(title="The message is signed", lines=(ending,), codes=codes))


def find_wallet(contents: VaultContents, proof: Proof) -> Descriptor:
    """The registered wallet that the proof names, by name and checksum; else WALLET-UNKNOWN."""
    for wallet in contents.wallets:
        descriptor = parse_descriptor(wallet.descriptor, wallet.network)
        if (wallet.name, checksum_of(descriptor)) == (proof.wallet, proof.checksum):
            return descriptor
    raise Violation(
        "WALLET-UNKNOWN", f"wallet {proof.wallet} #{proof.checksum} is not registered in this vault"
    )


def message_lines(proof: Proof, descriptor: Descriptor) -> tuple[str, ...]:
    """What is signed, in full, as people read it aloud."""
    address = proof_address(proof, descriptor)
    total = sum(coin.amount for coin in proof.coins)
    coins = (f"{coin.outpoint}  {coin.amount} sat" for coin in proof.coins)
    funds = (
        "",
        f"Coins claimed: {len(proof.coins)}, {total // _SATS}.{total % _SATS:08d} BTC in all",
        *coins,
    )
    return (
        f"Wallet    {proof.wallet}",
        f"Message   {proof.message}",
        "",
        "Signed for the address",
        f"  {group_address(address)}",
        *(funds if proof.coins else ()),
        "",
        "Compare the message with what the auditor sent. It moves no coin.",
    )
