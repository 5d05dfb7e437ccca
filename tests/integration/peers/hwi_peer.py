"""Runs with HWI's library on the path: reads a PSBT as a hardware wallet's driver would, and writes it back."""

import json
import sys

from hwilib.psbt import PSBT

psbt = PSBT()
psbt.deserialize(json.load(sys.stdin)["psbt"])
transaction = psbt.get_unsigned_tx()
transaction.rehash()
print(
    json.dumps(
        {
            "txid": transaction.hash[::-1].hex(),
            "psbt": psbt.serialize(),
            "origins": [
                [key.hex(), origin.fingerprint.hex(), origin.path]
                for given in psbt.inputs
                for key, origin in given.hd_keypaths.items()
            ],
            "signatures": [len(given.partial_sigs) for given in psbt.inputs],
        }
    )
)
