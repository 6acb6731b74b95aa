"""The kinds of notices, what each may use, and how it goes out unless somebody chooses otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MailChoice = Literal["off", "now", "digest"]
MAIL_CHOICES: tuple[MailChoice, ...] = ("now", "digest", "off")


@dataclass(frozen=True)
class NoticeKind:
    """A kind. ``urgent`` ones may go out as text messages; ``passing`` ones are moot once the task is done."""

    code: str
    name: str
    name_zh: str
    mail: MailChoice = "digest"
    urgent: bool = False
    sms: bool = False
    passing: bool = True
    text: str = ""

    @property
    def template(self) -> str:
        """The text of the note in the application; its subject also begins mails and lines of digests."""
        return self.text or f"notice_{self.code}"

    def named(self, language: str) -> str:
        """The kind's name in a language."""
        return self.name_zh if language == "zh" else self.name


_ALL = (
    NoticeKind("mine", "A task came to me", "任务派给我"),
    NoticeKind("group", "A task came to my group", "任务到我的岗位", mail="off"),
    NoticeKind("returned", "A task was returned to me", "任务退回给我", mail="now", urgent=True),
    NoticeKind("due", "A task of mine is due soon", "任务即将到期", text="task_warned"),
    NoticeKind("late", "A task of mine is late", "任务已逾期", mail="now", urgent=True, text="task_overdue"),
    NoticeKind("urged", "Somebody urges me", "有人催办我", mail="now", urgent=True, sms=True),
    NoticeKind("escalated", "Urging goes over to me", "催办升级到我", mail="now", urgent=True, sms=True),
    NoticeKind("mentioned", "Somebody mentions me", "有人提到我", mail="now", passing=False, text="mention"),
    NoticeKind("copied", "Somebody sends me a copy", "有人抄送给我", passing=False),
    NoticeKind("withdrawn", "A task of mine was withdrawn", "我的任务被撤回", passing=False),
    NoticeKind("consent", "Somebody wants a task back that I hold", "有人向我申请撤回", mail="now", urgent=True),
    NoticeKind("let_back", "My request to withdraw is granted", "我的撤回申请获同意", mail="now", passing=False),
    NoticeKind(
        "not_let_back", "My request to withdraw is refused", "我的撤回申请被拒绝", mail="now", passing=False
    ),
    NoticeKind("ended", "A case that I began has ended", "我发起的流程结束", passing=False),
)
KINDS: dict[str, NoticeKind] = {kind.code: kind for kind in _ALL}
