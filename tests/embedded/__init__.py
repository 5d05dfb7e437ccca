"""A regtest chain in this process: Bitcoin Core's own consensus code, behind an Esplora server on 127.0.0.1."""
