"""All tables of the engine: importing this module completes the metadata."""

from engine.tables.batches import BatchItemRow, BatchRow
from engine.tables.definitions import DefinitionRow, ResourceRow
from engine.tables.instances import CommentRow, DecisionLogRow, HistoryRow, IncidentRow, InstanceRow
from engine.tables.keeping import ControlRow, LegalHoldRow, ReleaseRow
from engine.tables.offers import OfferRow
from engine.tables.search import WordRow
from engine.tables.tasks import CandidateRow, TaskFactRow, TaskRow
from engine.tables.work import JobRow, MessageRow, SubscriptionRow

__all__ = [
    "BatchItemRow",
    "BatchRow",
    "CandidateRow",
    "CommentRow",
    "ControlRow",
    "DecisionLogRow",
    "DefinitionRow",
    "HistoryRow",
    "IncidentRow",
    "InstanceRow",
    "JobRow",
    "LegalHoldRow",
    "MessageRow",
    "OfferRow",
    "ReleaseRow",
    "ResourceRow",
    "SubscriptionRow",
    "TaskFactRow",
    "TaskRow",
    "WordRow",
]
