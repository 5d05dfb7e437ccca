"""`python -m strongroom.online` is the command `strongroom`."""

from __future__ import annotations

from strongroom.online.cli.main import main

main()
