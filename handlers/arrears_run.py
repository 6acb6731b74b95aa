"""The verb of the daily arrears run (日催缴): it is begun, and a job carries it out after the commit."""

from __future__ import annotations

from engine.api import Context, handler
from handlers.jobs import ARREARS
from kernel.clock import business_date
from ledger.arrears.runs import begin_run


@handler("arrears_run.begin", again=True)
def begin(_data: None, ctx: Context) -> None:
    """Begin the run of the whole company; one that is still going on is left alone."""
    run, is_new = begin_run(ctx.session, ctx.ledger_actor, ctx.clock, path=ctx.scope, on=business_date(ctx.clock))
    if is_new:
        ctx.send(ARREARS, {"run_id": run.id}, key=f"{ARREARS}:{run.id}:0")
