"""BSMS (BIP-129): the descriptor record that a coordinator hands to the signers, without encryption."""

from __future__ import annotations

from strongroom.core.bitcoin.address import render_address
from strongroom.core.descriptor.derive import RECEIVE, derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.errors import Violation
from strongroom.core.wallet_formats.parts import (
    RULE,
    ForeignWallet,
    both_branches,
    networks_of_descriptor,
)

HEAD = "BSMS 1.0"
_RESTRICTIONS = ("/0/*,/1/*", "/0/*, /1/*")
_LINES = 4


def is_bsms(text: str) -> bool:
    """Whether `text` starts as a BSMS record."""
    return text.startswith(HEAD)


def read_bsms(text: str) -> ForeignWallet:
    """The wallet of a descriptor record; raises WALLET-FORMAT for a key record or other branches."""
    lines = text.splitlines()
    if len(lines) != _LINES or lines[0] != HEAD:
        raise Violation(
            RULE,
            f"the BSMS file has {len(lines)} lines, a descriptor record has {_LINES}",
            hint="a signer's key record has five; the coordinator makes the descriptor record of them",
        )
    _, descriptor, restrictions, address = lines
    if "/**" in descriptor and restrictions not in _RESTRICTIONS:
        raise Violation(
            RULE, f"the BSMS file restricts paths to {restrictions[:40]!a}, not to 0 and 1"
        )
    return ForeignWallet(
        name="",
        networks=networks_of_descriptor(descriptor),
        descriptor=both_branches(descriptor),
        form="BSMS descriptor record",
        first_address=address,
    )


def write_bsms(descriptor: Descriptor) -> str:
    """The descriptor record of a wallet on branches 0 and 1; raises WALLET-FORMAT for other branches."""
    body = descriptor.text.partition("#")[0]
    if any(key.branches != (0, 1) for key in descriptor.keys):
        raise Violation(RULE, "a BSMS record can not say other branches than 0 and 1")
    address = render_address(
        derive_scripts(descriptor, RECEIVE, 0).script_pubkey, descriptor.network
    )
    template = body.replace("/<0;1>/*", "/**")
    return "\n".join((HEAD, template, _RESTRICTIONS[0], address or "")) + "\n"
