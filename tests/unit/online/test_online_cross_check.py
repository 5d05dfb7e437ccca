"""Two estimates of a fee agree within a factor of three, in either order."""

from __future__ import annotations

import pytest

from strongroom.core.errors import Fault
from strongroom.online.cross_check import check_rates


@pytest.mark.parametrize(("first", "second"), [(2000, 2000), (1000, 3000), (9000, 3000)])
def test_estimates_that_are_near_agree(first: int, second: int) -> None:
    check_rates(first, second)


@pytest.mark.parametrize(("first", "second"), [(1000, 3001), (50_000, 2000)])
def test_estimates_that_are_far_apart_stop(first: int, second: int) -> None:
    with pytest.raises(Fault, match="NODE-DIFFER"):
        check_rates(first, second)
