"""One measurement of one signer, in a fresh process: time, and the most memory that was ever in use.

A copy that a signer makes of its process counts with all of its memory, although it shares most of it.
"""

from __future__ import annotations

import re
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench.requests import Job
from bench.signers import SIGNERS
from strongroom.core.errors import Stop
from strongroom.core.psbt.reader import parse_psbt

_SIGNATURE_TYPES = frozenset(
    (0x02, 0x08, 0x13)
)  # embit puts a taproot signature into the final witness
_PEAK = re.compile(r"VmHWM:\s+([0-9]+) kB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Wall time and processor time in seconds, and the peak of memory in bytes, that of copies added."""

    seconds: float
    processor: float
    peak: int


def measure(signer: str, job: Job) -> Measurement:
    """Sign `job` once with `signer` in a process of its own; raises unless every input was signed."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_measure, signer, job).result()


def _measure(signer: str, job: Job) -> Measurement:
    run = SIGNERS[signer](job)
    begun, worked = time.perf_counter(), time.process_time()
    try:
        signed = run()
    except Stop as stop:  # which does not travel between processes
        raise RuntimeError(f"{signer}: {stop.rule}: {stop.message}") from None
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    copies = resource.getrusage(resource.RUSAGE_CHILDREN)
    match = _PEAK.search(Path("/proc/self/status").read_text())
    if match is None:
        raise RuntimeError("the kernel does not tell how much memory was used")
    _check_signed(signer, job, signed)
    return Measurement(
        seconds=seconds,
        processor=processor + copies.ru_utime + copies.ru_stime,
        peak=(int(match[1]) + copies.ru_maxrss) * 1024,
    )


def _check_signed(signer: str, job: Job, signed: bytes) -> None:
    """A measurement counts only if the work was done."""
    done = [
        any(key[0] in _SIGNATURE_TYPES for key, _ in raw) for raw in parse_psbt(signed).raw_inputs
    ]
    if len(done) != len(parse_psbt(job.request.psbt).inputs) or not all(done):
        raise RuntimeError(f"{signer} signed {sum(done)} of {len(done)} inputs")
