"""Work whose values hold no cycles, done without Python looking for some.

A request of thousands of inputs is hundreds of thousands of small values. Each time so many are new, Python
goes over all of them in search of cycles, which frozen values cannot have.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """Python's search for cycles stays off until the end; what is dropped is freed at once all the same."""
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()
