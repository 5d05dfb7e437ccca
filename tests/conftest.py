"""What holds for every test: generated examples have no deadline of their own, since machines are busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("strongroom", deadline=None)
settings.load_profile("strongroom")
