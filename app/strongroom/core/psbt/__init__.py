"""The strict PSBT reader and the writer that only adds signatures (BIP-174, BIP-370, BIP-371)."""
