#!/usr/bin/python3
"""Stops the build unless the image's own Python finds two builds of libsecp256k1 and all that we import."""

import hashlib
import importlib
import pkgutil
import sys

import coincurve
import embit.util.ctypes_secp256k1
import embit.util.secp256k1

import strongroom

LATE = ("cryptography.hazmat.primitives.ciphers.aead", "pyudev", "urwid", "embit.slip39")
"""What the application imports inside functions."""

shipped = [module.name for module in pkgutil.walk_packages(strongroom.__path__, "strongroom.")]
for name in (*LATE, *shipped):
    importlib.import_module(name)

hashlib.scrypt(b"", salt=b"", n=2, r=1, p=1)
if embit.util.secp256k1.ecdsa_sign is not embit.util.ctypes_secp256k1.ecdsa_sign:
    sys.exit("embit runs on pure Python")
if embit.util.ctypes_secp256k1._find_library() != "libsecp256k1.so.2":  # noqa: SLF001 - no public way to ask
    sys.exit("embit does not run on the system's libsecp256k1")
if not coincurve._libsecp256k1.__file__.startswith(coincurve.__path__[0]):  # noqa: SLF001 - as above
    sys.exit("coincurve does not bring its own build")
