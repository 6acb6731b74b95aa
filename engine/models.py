"""All tables of the engine: importing this module completes the metadata."""

from engine.tables.attachments import AttachmentRow
from engine.tables.batches import BatchItemRow, BatchRow
from engine.tables.comments import CommentEditRow
from engine.tables.copies import CopyRow
from engine.tables.definitions import DefinitionRow, ResourceRow
from engine.tables.drafts import DraftRow
from engine.tables.following import FollowRow, SeenRow, SnoozeRow
from engine.tables.going_back import ReturnRow, WithdrawalRow
from engine.tables.instances import CommentRow, DecisionLogRow, HistoryRow, IncidentRow, InstanceRow
from engine.tables.keeping import ControlRow, LegalHoldRow, ReleaseRow
from engine.tables.news import NewsRow
from engine.tables.offers import OfferRow
from engine.tables.search import WordRow
from engine.tables.signing import SigningRow
from engine.tables.sub_tasks import SubTaskRow
from engine.tables.tasks import CandidateRow, TaskFactRow, TaskRow
from engine.tables.work import JobRow, MessageRow, SubscriptionRow

__all__ = [
    "AttachmentRow",
    "BatchItemRow",
    "BatchRow",
    "CandidateRow",
    "CommentEditRow",
    "CommentRow",
    "ControlRow",
    "CopyRow",
    "DecisionLogRow",
    "DefinitionRow",
    "DraftRow",
    "FollowRow",
    "HistoryRow",
    "IncidentRow",
    "InstanceRow",
    "JobRow",
    "LegalHoldRow",
    "MessageRow",
    "NewsRow",
    "OfferRow",
    "ReleaseRow",
    "ResourceRow",
    "ReturnRow",
    "SeenRow",
    "SigningRow",
    "SnoozeRow",
    "SubTaskRow",
    "SubscriptionRow",
    "TaskFactRow",
    "TaskRow",
    "WithdrawalRow",
    "WordRow",
]
