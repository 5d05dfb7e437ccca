"""Output descriptors: parsed, checked and turned into scripts (BIP-380 to 389)."""
