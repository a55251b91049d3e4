"""What the jobs cost."""

from __future__ import annotations

import time
from pathlib import Path

from tests.bench import Measure, bench


@bench("jobs-report", what="A job that reports 100,000 times: time added by the reports", unit="s", limit=2)
def reports(workspace: Path) -> Measure:
    """A report is cheap: it writes at most four times a second."""
    from access.models import JobRun
    from access.services.progress import ProgressLine
    from tests.factories.geo import CommuneFactory

    job = JobRun.objects.create(commune=CommuneFactory(), kind="bench", state="running", fence=1)
    with ProgressLine(job_id=job.pk, fence=1) as report:
        start = time.perf_counter()
        for step in range(100_000):
            report("contando", step, 100_000)
        return Measure(time.perf_counter() - start)
