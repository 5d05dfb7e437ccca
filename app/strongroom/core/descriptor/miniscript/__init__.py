"""Miniscript (BIP-379): read, typed, compiled and measured by ourselves."""
