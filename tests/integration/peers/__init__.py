"""Other people's software, run as it is: Electrum of Debian, bitcoinjs-lib of npm, HWI's library."""
