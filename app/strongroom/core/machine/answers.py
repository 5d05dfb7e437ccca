"""Published test vectors, and a few of our own, for the self-tests: data only, nothing of it is secret."""

from __future__ import annotations

import base64

from strongroom.core.bundle.model import CertificateFingerprint

OPENPGP_FINGERPRINT = CertificateFingerprint("1C36812B225014F03D2B61BF2D2496EDCB685A52")
OPENPGP_MESSAGE = b"Strongroom self-test"
OPENPGP_CERTIFICATE = b"""-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawc9cxYJKwYBBAHaRw8BAQdAt/mwDmAiTmkP61J0aCxWSV7RDNSrtBGuKDZL
9e6pUha0FFN0cm9uZ3Jvb20gc2VsZi10ZXN0iJAEExYIADgWIQQcNoErIlAU8D0r
Yb8tJJbty2haUgUCawc9cwIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRAt
JJbty2haUlCjAQD8+vvoQiXfWOhBNA07xh5PiawSc0Q2G2JFe8pcBk61tQEAr55R
YwUIqIMB6fxU9ayaxQbSyPXrYTQXPg0Vu69uOgA=
=5g2t
-----END PGP PUBLIC KEY BLOCK-----
"""
OPENPGP_SIGNATURE = b"""-----BEGIN PGP SIGNATURE-----

iHUEABYIAB0WIQQcNoErIlAU8D0rYb8tJJbty2haUgUCawc9cwAKCRAtJJbty2ha
UigxAP99IBMBxNRlqyow//nIeNkI67VokTkUDUkatG9ECAxy7QD/TdR158XUpOJ2
NK86AXn00jQIEy+SywKDGVhTZ4e1wwA=
=lyAt
-----END PGP SIGNATURE-----
"""

AGE_FILE = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBwdjFvTndoWUJlSEtxeSs5MGhJZUNBIDQKOFBjMGdSeXZ3bkp4"
    "anJMd0NrMjQ4SHJqZlJPakx0djJXL1RiNHh6QjlYbwotLS0gckNHdGxtUFBMVGVnS3dYVDZVTkJsbGpWdi91OTdFUXBW"
    "MVJqWWQ0L0NzOAobpGeY0hontz6pP1g8k8L83eb5MYd32c9alLNz8wogpkoGCfuazzVdRQXoNQ=="
)
AGE_PLAIN = b"known answer"

# BIP-39, of the vectors with the passphrase TREZOR.
MNEMONIC = "legal winner thank year wave sausage worth useful legal winner thank yellow"
ENTROPY = bytes((0x7F,)) * 16
SEED = (
    "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6f"
    "a457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607"
)

# BIP-32, test vector 1: m, m/0' and m/0'/1, each derived in another way.
BIP32_SEED = bytes(range(16))
BIP32_MASTER = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7us"
    "UDFdp6W1EGMcet8"
)
BIP32_HARDENED = (
    "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8"
    "PX9rL2dZXvgGDnw"
)
BIP32_CHILD = (
    "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYy"
    "sAA7xmALppuCkwQ"
)

# BIP-143, native P2WPKH.
BIP143_TRANSACTION = bytes.fromhex(
    "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51"
    "e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb20600000000"
    "1976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21"
    "b2d50ce2f0167faa815988ac11000000"
)
BIP143_SCRIPT = bytes.fromhex("76a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac")
BIP143_AMOUNT = 600_000_000
BIP143_HASH = "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670"

# BIP-341, the wallet's first output key and address.
INTERNAL_KEY = bytes.fromhex("d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d")
OUTPUT_KEY = "53a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343"
OUTPUT_PARITY = 1
TAPROOT_ADDRESS = "bc1p2wsldez5mud2yam29q22wgfh9439spgduvct83k3pm50fcxa5dps59h4z5"

# Bitcoin Core's key_tests.cpp, a deterministic low-R signature; BIP-340's first vector.
ECDSA_SECRET = bytes.fromhex("12b004fff7f4b69ef8650e767f18f11ede158148b425660723b9f9a66e61f747")
ECDSA_MESSAGE = b"Very deterministic message"
ECDSA_SIGNATURE = bytes.fromhex(
    "304402205dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d"
    "022014ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6"
)
SCHNORR_SECRET = bytes(31) + b"\x03"
SCHNORR_KEY = bytes.fromhex("f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9")
SCHNORR_SIGNATURE = bytes.fromhex(
    "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
    "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0"
)

# Addresses of Bitcoin Core's key_io_valid.json.
ADDRESSES = (
    ("1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", "76a914a31c06bd463e3923bc1aadbde48b16976c08071788ac"),
    ("36j4NfKv6Akva9amjWrLG6MuSQym1GuEmm", "a914373b819a068f32b7a6b38b6b38729647cfde01c287"),
    ("bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv", "00146100fc6343edc8c874496cb2f5bbfec88ea9b77c"),
)

# Our own: 32 bytes 00 to 1f for the machine and the salt, 96 rolls 1 to 6 over and over.
DICE_MIXED = "89e8d8bcc7a8ae5de13b4381bfb981611dc343d0e259e4407b2ff05f6a63e1cf"
DICE_COMMITMENT = "1ca7ad941024bbc5c656e9b2840624a520ab394ab2b63f3c4cacd47fb8715409"
