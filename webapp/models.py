"""All tables: importing this module completes the metadata for migrations and tests."""

import engine.models
import kernel.audit
import ledger.models
import webapp.arranged
import webapp.inbox.bulk.models
import webapp.links.models
import webapp.notifications.models
import webapp.once
import webapp.pace
import webapp.portal.models
import webapp.presence
import webapp.request_sent
import webapp.statement_runs
from kernel.database import Base

metadata = Base.metadata

__all__ = ["engine", "kernel", "ledger", "metadata", "webapp"]
