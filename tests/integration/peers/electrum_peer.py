"""Runs inside Debian's Electrum, offline: takes one JSON request on standard input, prints one answer.

`sign`: a wallet from a master key signs a PSBT. `make`: a wallet that only watches builds a PSBT of its own.
"""

import asyncio
import json
import sys
import tempfile

from electrum import constants, util
from electrum.simple_config import SimpleConfig
from electrum.transaction import PartialTxOutput, Transaction, tx_from_any
from electrum.wallet import restore_wallet_from_text

constants.set_regtest()
asked = json.load(sys.stdin)
loop, stop, thread = util.create_and_start_event_loop()


async def answer() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        config = SimpleConfig({"electrum_path": folder, "regtest": True, "offline": True})
        wallet = restore_wallet_from_text(
            asked["key"], path=f"{folder}/wallet", config=config, gap_limit=20
        )["wallet"]
        if asked["do"] == "sign":
            transaction = tx_from_any(asked["psbt"])
            seen = [wallet.get_wallet_delta(transaction).delta]
            wallet.sign_transaction(transaction, None)
            return {
                "complete": transaction.is_complete(),
                "raw": transaction.serialize(),
                "first": wallet.get_receiving_addresses()[0],
                "seen": seen,
            }
        funding = Transaction(asked["funding"])
        wallet.adb.add_transaction(funding)
        output = PartialTxOutput.from_address_and_value(asked["address"], asked["amount"])
        made = wallet.make_unsigned_transaction(
            coins=wallet.get_spendable_coins(nonlocal_only=False),
            outputs=[output],
            fee=asked["fee"],
            rbf=True,
        )
        return {"psbt": made.serialize_as_bytes().hex()}


result = asyncio.run_coroutine_threadsafe(answer(), loop).result(60)
loop.call_soon_threadsafe(stop.set_result, 1)
thread.join(5)
print(json.dumps(result))
