"""Shamir's secret sharing over the two fields that paper backups use.

A share is one symbol of the field for each symbol of the secret; what is shared is found again by drawing the
polynomial of least degree through the shares. SLIP-39 works on bytes, BIP-93 on the 32 letters of Bech32.
"""

from __future__ import annotations

from collections.abc import Mapping


class BinaryField:
    """The field of 2 to the power `bits` elements, by its reduction polynomial and a generator."""

    def __init__(self, bits: int, polynomial: int, generator: int) -> None:
        self._order = (1 << bits) - 1
        self._power = [1] * self._order
        for exponent in range(1, self._order):
            self._power[exponent] = _multiply(
                self._power[exponent - 1], generator, bits, polynomial
            )
        self._logarithm = {value: exponent for exponent, value in enumerate(self._power)}

    def interpolate(self, points: Mapping[int, bytes], at: int) -> bytes:
        """The symbols at `at` of the polynomials through `points`, which are of one length."""
        if at in points:
            return points[at]
        result = bytearray(len(next(iter(points.values()))))
        for place, symbols in points.items():
            weight = 0  # the logarithm of Lagrange's basis polynomial at `at`
            for other in points:
                if other != place:
                    weight += self._logarithm[at ^ other] - self._logarithm[place ^ other]
            for index, symbol in enumerate(symbols):
                if symbol:
                    result[index] ^= self._power[(self._logarithm[symbol] + weight) % self._order]
        return bytes(result)


def _multiply(left: int, right: int, bits: int, polynomial: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left >> bits:
            left ^= polynomial
        right >>= 1
    return product


BYTES = BinaryField(8, 0x11B, 3)
"""Rijndael's field (SLIP-39, "Shamir's secret sharing")."""
LETTERS = BinaryField(5, 0b101001, 2)
"""Bech32's field (BIP-173, BIP-93)."""
