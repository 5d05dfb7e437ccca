"""Bytes of Bitcoin that both sides agree on: transactions, scripts, addresses, sighashes, keys."""
