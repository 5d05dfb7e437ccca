"""Runs in Specter Desktop's own Python: reads a wallet file as it imports one, or writes one as it exports."""

import json
import sys
from types import SimpleNamespace

from cryptoadvance.specter.util.wallet_importer import WalletImporter
from cryptoadvance.specter.wallet import Wallet
from embit.descriptor import Descriptor
from embit.networks import NETWORKS

asked = json.load(sys.stdin)
if "file" in asked:
    name, text, devices = WalletImporter.parse_wallet_data_import(json.loads(asked["file"]))
    descriptor = Descriptor.from_string(text)
    change = Descriptor.from_string(text.split("#")[0].replace("/0/*", "/1/*"))
    addresses = [d.derive(7).address(NETWORKS["regtest"]) for d in (descriptor, change)]
    print(json.dumps({"name": name, "devices": devices, "addresses": addresses}))
else:
    devices = [SimpleNamespace(device_type="coldcard", name=name) for name in asked["devices"]]
    wallet = SimpleNamespace(
        name=asked["name"],
        blockheight=870000,
        recv_descriptor=asked["receive"],
        devices=devices,
    )
    print(json.dumps({"file": Wallet.account_map.fget(wallet)}))
