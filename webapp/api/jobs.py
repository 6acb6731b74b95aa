"""Timers, deliveries and external steps: find them, let them run now or later, answer them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Job, JobFilter, Page
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.process_data import as_seen

JOB = answer_of(Job)
STATES = ["waiting", "failed", "done", "cancelled"]


class JobQuery(PageQuery):
    """Which jobs; those that wait or have failed unless a state is given."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    kind = fields.String(load_default=None, metadata={"description": "timer, timer_start, message_out, external"})
    name = fields.String(load_default=None)
    instance = fields.String(load_default=None)
    process = fields.String(load_default=None, metadata={"description": "Key of a process"})
    element = fields.String(load_default=None)
    business_key = fields.String(load_default=None)
    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    due_from = fields.AwareDateTime(load_default=None)
    due_before = fields.AwareDateTime(load_default=None)


class JobReason(Schema):
    """Why; kept with the act."""

    reason = fields.String(required=True, validate=validate.Length(1, 400))


class JobDue(JobReason):
    """When it runs."""

    due_at = fields.AwareDateTime(required=True)


class JobRecalculation(JobReason):
    """Counted from when it began to wait, or from now."""

    from_now = fields.Boolean(load_default=False)


class JobRetry(JobReason):
    """How often at most, and when."""

    attempts = fields.Integer(load_default=None, allow_none=True)
    due_at = fields.AwareDateTime(load_default=None, allow_none=True)


class JobAnswer(JobReason):
    """What the outside system answered, by the names of the handler's answer."""

    result = fields.Dict(keys=fields.String(), required=True)


@endpoint("GET", "/jobs", tag="jobs", query=JobQuery, returns=page_of(JOB, "JobPage"))
def list_jobs(asked: Asked) -> Any:
    """List timers, deliveries and external steps."""
    q = asked.query
    wanted = JobFilter(
        states=(q["state"],) if q["state"] else ("waiting", "failed"),
        kinds=(q["kind"],) if q["kind"] else (),
        names=(q["name"],) if q["name"] else (),
        instance_id=q["instance"],
        definition_keys=(q["process"],) if q["process"] else (),
        element_ids=(q["element"],) if q["element"] else (),
        business_key=q["business_key"],
        path=q["project"],
        due_from=q["due_from"],
        due_before=q["due_before"],
    )
    found = asked.engine.find_jobs(wanted, Page(q["page"], q["size"]))
    return replace(found, rows=[_seen(asked, job) for job in found.rows])


@endpoint("GET", "/jobs/{job_id}", tag="jobs", returns=JOB)
def get_job(asked: Asked, job_id: str) -> Any:
    """Show a job."""
    return _seen(asked, asked.engine.get_job(job_id))


@endpoint("POST", "/jobs/{job_id}/fire", tag="jobs", body=JobReason, returns=JOB)
def fire(asked: Asked, job_id: str) -> Any:
    """Let a job run now."""
    return _seen(asked, asked.engine.fire_job(job_id, asked.body["reason"]))


@endpoint("POST", "/jobs/{job_id}/due", tag="jobs", body=JobDue, returns=JOB)
def set_due(asked: Asked, job_id: str) -> Any:
    """Let a job run at another time."""
    return _seen(asked, asked.engine.set_job_due(job_id, asked.body["due_at"], asked.body["reason"]))


@endpoint("POST", "/jobs/{job_id}/recalculate", tag="jobs", body=JobRecalculation, returns=JOB)
def recalculate(asked: Asked, job_id: str) -> Any:
    """Work a timer's time out anew."""
    body = asked.body
    return _seen(asked, asked.engine.recalculate_job(job_id, body["reason"], from_now=body["from_now"]))


@endpoint("POST", "/jobs/{job_id}/retry", tag="jobs", body=JobRetry, returns=JOB)
def retry_job(asked: Asked, job_id: str) -> Any:
    """Give a job that has failed new tries."""
    return _seen(asked, asked.engine.retry_job(job_id, **asked.body))


@endpoint("POST", "/jobs/{job_id}/answer", tag="jobs", body=JobAnswer, returns=JOB)
def answer(asked: Asked, job_id: str) -> Any:
    """Enter what an outside system answered, when its answer was lost."""
    return _seen(asked, asked.engine.answer_job(job_id, asked.body["result"], asked.body["reason"]))


def _seen(asked: Asked, job: Job) -> Job:
    if job.facts is None or job.path is None:
        return job
    return replace(job, facts=as_seen(asked.actor, job.facts, job.path))
