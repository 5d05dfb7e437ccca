"""Opening BDK's file of a wallet, or making it: public descriptors, and what is known of coins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strongroom.core.errors import Fault
from strongroom.core.network import Network
from strongroom.online.wallets.bdk_calls import load_bdk

if TYPE_CHECKING:
    from pathlib import Path

    from strongroom.core.descriptor.model import Descriptor

GAP = 200


def open_wallet(path: Path, descriptor: Descriptor) -> tuple[Any, Any]:
    """BDK's Wallet and Persister of the file at `path`, which looks `GAP` addresses ahead; NODE-RPC else."""
    bdk = load_bdk()
    is_new = not path.exists()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = _read_descriptor(bdk, descriptor)
    try:
        persister = bdk.Persister.new_sqlite(str(path))
        wallet = (_create if is_new else _load)(bdk, text, descriptor.network, persister)
        wallet.persist(persister)
    except Exception as error:
        if not type(error).__module__.startswith("bdkpython"):
            raise
        raise Fault(
            "NODE-RPC",
            f"BDK does not open {path}: {type(error).__name__} {error}",
            hint="move the file away: it holds nothing that the server does not tell again",
        ) from error
    return wallet, persister


def _read_descriptor(bdk: Any, descriptor: Descriptor) -> Any:  # noqa: ANN401 - BDK's module and Descriptor
    is_main = descriptor.network is Network.MAINNET
    kind = bdk.NetworkKind.MAIN if is_main else bdk.NetworkKind.TEST
    try:
        return bdk.Descriptor(descriptor.text.partition("#")[0], kind)
    except bdk.DescriptorError as error:
        raise Fault(
            "NODE-RPC",
            f"BDK does not know this kind of descriptor, {descriptor.kind.value} "
            f"({type(error).__name__}); of script trees it reads multi_a and no sortedmulti_a",
            hint="watch the wallet with a node of Bitcoin Core",
        ) from error


def _create(bdk: Any, text: Any, network: Network, persister: Any) -> Any:  # noqa: ANN401 - of BDK
    params = bdk.CreateParams(genesis_hash=None, lookahead=GAP, use_spk_cache=False)
    chain = {
        Network.MAINNET: bdk.Network.BITCOIN,
        Network.TESTNET4: bdk.Network.TESTNET4,
        Network.SIGNET: bdk.Network.SIGNET,
        Network.REGTEST: bdk.Network.REGTEST,
    }[network]
    return bdk.Wallet.create_from_two_path_descriptor_with_params(text, chain, persister, params)


def _load(bdk: Any, text: Any, network: Network, persister: Any) -> Any:  # noqa: ANN401 - of BDK
    del network  # it is in the file, which was made for this descriptor
    params = bdk.LoadParams(
        check_network=None, check_genesis_hash=None, lookahead=GAP, use_spk_cache=False
    )
    return bdk.Wallet.load_from_two_path_descriptor_with_params(text, persister, params)
