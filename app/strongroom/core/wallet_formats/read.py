"""Any wallet file that is known, told by what is in it and never by its name."""

from __future__ import annotations

from pathlib import PurePath

from strongroom.core.bitcoin.address import render_address
from strongroom.core.descriptor.account import BRANCHES
from strongroom.core.descriptor.derive import RECEIVE, derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.text import check_characters
from strongroom.core.wallet_file import parse_wallet_file
from strongroom.core.wallet_formats.bsms import is_bsms, read_bsms
from strongroom.core.wallet_formats.coldcard import is_coldcard, read_coldcard
from strongroom.core.wallet_formats.json_forms import read_json_wallet
from strongroom.core.wallet_formats.parts import (
    RULE,
    TEXT_CAP,
    ForeignWallet,
    both_branches,
    networks_of_descriptor,
)

OWN_FORM = "Strongroom wallet file"
_OWN = b'"strongroom-wallet"'


def read_wallet(data: bytes, file_name: str) -> ForeignWallet:
    """The wallet in a file of ours, Coldcard, BSMS, Caravan, Specter, Sparrow, or a bare descriptor.

    A file without a name of its own takes that of the file. Raises WALLET-FORMAT, BUNDLE-TEXT or DESCRIPTOR.
    """
    if len(data) > TEXT_CAP:
        raise Violation(RULE, f"the wallet file has {len(data)} bytes and the cap is {TEXT_CAP}")
    if _OWN in data:
        own = parse_wallet_file(data)
        return ForeignWallet(
            name=own.name,
            networks=(own.network,),
            descriptor=own.descriptor,
            form=OWN_FORM,
        )
    found = _read_foreign(data)
    return found if found.name else _named(found, file_name)


def check_first_address(wallet: ForeignWallet, descriptor: Descriptor) -> None:
    """WALLET-FORMAT: the first address that the file names is the one that we derive."""
    if not wallet.first_address:
        return
    script = derive_scripts(descriptor, RECEIVE, 0).script_pubkey
    derived = render_address(script, descriptor.network)
    if derived != wallet.first_address:
        raise Violation(
            RULE,
            f"the file names the first address {wallet.first_address[:90]!a}, we derive {derived}",
            hint="the file was changed, or it is of another network",
        )


def on_network(wallet: ForeignWallet, place: int = 0) -> Descriptor:
    """The parsed descriptor on one of its networks, its first address compared."""
    descriptor = parse_descriptor(wallet.descriptor, wallet.networks[place])
    check_first_address(wallet, descriptor)
    return descriptor


def _read_foreign(data: bytes) -> ForeignWallet:
    if data.lstrip()[:1] == b"{":
        return read_json_wallet(data)
    try:
        text = data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Violation(RULE, f"the wallet file is not UTF-8 at byte {error.start}") from None
    check_characters(text, where="the wallet file", lines=True)
    if is_bsms(text):
        return read_bsms(text)
    if is_coldcard(text):
        return read_coldcard(text)
    return _read_descriptors(text)


def _read_descriptors(text: str) -> ForeignWallet:
    """One descriptor, or one and its branches as Sparrow writes them; lines that begin with # are comments."""
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found or any("(" not in line for line in found):
        raise Violation(
            RULE,
            "the file is a wallet of no known form",
            hint="known are: descriptor, Coldcard multisig, BSMS, Caravan, Specter, Sparrow, Strongroom",
        )
    descriptor = both_branches(found[0])
    body = descriptor.partition("#")[0]
    known = {body, body.replace(BRANCHES, "/0/*"), body.replace(BRANCHES, "/1/*")}
    for line in found[1:]:
        if both_branches(line).partition("#")[0] not in known:
            raise Violation(
                RULE,
                "the file holds descriptors that are not branches of one wallet",
                hint="give each wallet in a file of its own",
            )
    return ForeignWallet(
        name="",
        networks=networks_of_descriptor(found[0]),
        descriptor=descriptor,
        form="descriptor",
    )


def _named(found: ForeignWallet, file_name: str) -> ForeignWallet:
    return ForeignWallet(
        name=PurePath(file_name).name.partition(".")[0],
        networks=found.networks,
        descriptor=found.descriptor,
        form=found.form,
        first_address=found.first_address,
        signers=found.signers,
    )
