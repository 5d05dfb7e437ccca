"""`strongroom request`: make, show, approve and write requests for the station."""

from __future__ import annotations

import click

from strongroom.online.cli.plain import request_unwrap, request_wrap
from strongroom.online.cli.request_create import request_bump, request_create, request_lift
from strongroom.online.cli.request_list import (
    request_cancel,
    request_list,
    request_sheet,
    request_show,
)
from strongroom.online.cli.request_send import request_approve, request_collect, request_write


@click.group()
def request() -> None:
    """Make requests for the station, and have them approved."""


for command in (
    request_create,
    request_show,
    request_sheet,
    request_approve,
    request_collect,
    request_write,
    request_list,
    request_cancel,
    request_bump,
    request_lift,
    request_wrap,
    request_unwrap,
):
    request.add_command(command)
