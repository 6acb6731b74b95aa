"""People are told of tasks: on the channels they chose, outside of their quiet hours, each thing once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.news import NEWS
from kernel.actor import SYSTEM, Actor, Grant
from kernel.clock import MovedClock
from ledger.notices.kinds import KINDS
from ledger.notices.models import Notice, NoticeDelivery
from ledger.notices.settings import Settings, stop_mail
from tests.webapp.inbox.conftest import CASE, KEY, Desk
from tests.webapp.notifications.conftest import Post
from webapp.engine_room import engine_for
from webapp.notifications.center import count_unread
from webapp.notifications.sending import Reader, _Portion

NOW = {"mail": "now"}


def told(desk: Desk, **of: str) -> list[tuple[str, str]]:
    """Who was told what kind of thing, in order."""
    with desk.house.database.reading() as session:
        query = select(Notice).filter_by(**of).order_by(Notice.at, Notice.id)
        return [(notice.kind, notice.staff_id) for notice in session.scalars(query)]


def unread(desk: Desk, actor: Actor) -> int:
    """The number at somebody's bell."""
    with desk.house.database.reading() as session:
        return count_unread(session, actor)


def dropped(desk: Desk) -> list[str]:
    """Why deliveries were dropped."""
    with desk.house.database.reading() as session:
        return list(session.scalars(select(NoticeDelivery.reason).where(NoticeDelivery.state == "dropped")))


def assign(desk: Desk, task_id: str, to: Actor) -> None:
    """An operator gives a task to somebody."""
    with desk.house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, desk.house.database.clock).assign(task_id, to.id)


def test_the_group_is_told_of_its_task_but_never_who_may_not_decide(desk: Desk, post: Post) -> None:
    ann, bob = post.hire("ann", "sales_manager"), post.hire("bob", "sales_manager")
    post.hire("carl", "legal")
    desk.begin(applicants=[bob.id])
    post.run()
    assert told(desk) == [("group", ann.id)]
    assert (unread(desk, ann), unread(desk, bob)) == (1, 0)


def test_looking_again_tells_nothing_twice(desk: Desk, post: Post) -> None:
    post.hire("ann", "sales_manager")
    desk.begin()
    for _ in range(3):
        post.run()
    assert len(told(desk)) == 1
    desk.begin("RG-2")
    post.run()
    assert len(told(desk)) == 2


def test_a_vacant_place_tells_the_nearest_holder_above(desk: Desk, post: Post) -> None:
    boss = desk.house.hire("boss", "sales_manager", "/kt/east/")
    desk.begin()
    post.run()
    assert told(desk) == [("group", boss.id)]


def test_who_is_given_a_task_gets_a_mail_with_a_link_to_it(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"mine": NOW})
    task_id = desk.task(desk.begin())
    assign(desk, task_id, ann)
    post.run()
    (mail,) = post.mails("ann@")
    assert mail.subject == "To do: Decide"
    assert "云栖 3栋 1201 RG-1" in mail.text
    assert "王磊" not in mail.text
    assert f"/tasks/{task_id}" in mail.text
    assert mail.link("/notifications/stop/")


def test_who_takes_a_task_himself_is_not_told_that_he_has_it(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    desk.claim(desk.task(desk.begin()), ann)
    post.run()
    assert told(desk) == []


def test_mail_is_in_the_language_of_its_reader(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager", language="zh")
    post.choose(ann, choices={"group": NOW})
    desk.begin()
    post.run()
    assert post.mails("ann@")[0].subject == "岗位待办：审批"


def test_the_quiet_hours_keep_mail_and_give_it_afterwards_in_one(
    desk: Desk, post: Post, clock: MovedClock
) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW}, quiet_from="22:00", quiet_to="07:30")
    clock.set(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))  # 23:00 in Shanghai.
    desk.begin("RG-1")
    desk.begin("RG-2")
    post.run()
    assert post.mails() == []
    assert unread(desk, ann) == 2
    post.run(hours=8)
    assert post.mails() == []
    post.run(minutes=31)
    (mail,) = post.mails()
    assert mail.subject == "2 notifications"
    assert "RG-1" in mail.text
    assert "RG-2" in mail.text
    post.run(hours=1)
    assert len(post.mails()) == 1


def test_quiet_hours_are_those_of_the_readers_own_zone(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, zone="Europe/London", choices={"group": NOW}, quiet_from="22:00", quiet_to="07:30")
    desk.begin()
    post.run()  # Nine in Shanghai is one at night in London.
    assert post.mails() == []
    post.run(hours=7)
    assert len(post.mails()) == 1


def test_a_digest_comes_at_its_time_and_leaves_out_what_is_done(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": {"mail": "digest"}}, digest_times=("12:00",))
    first, *_ = [desk.begin(f"RG-{number}") for number in (1, 2, 3)]
    post.run()
    desk.complete(desk.task(first), ann, decision="approved")
    post.run(hours=2)
    assert post.mails() == []
    post.run(hours=1)
    (mail,) = post.mails()
    assert [line for line in mail.text.splitlines() if "RG-1" in line and "Decide" in line] == []
    assert mail.text.count("For your group: Decide") == 2
    assert mail.text.count("For your group: File") == 1
    assert dropped(desk) == ["task_closed"]
    post.run(hours=24)
    assert len(post.mails()) == 1


def test_nothing_is_sent_when_all_is_done_by_the_time_of_the_digest(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": {"mail": "digest"}}, digest_times=("12:00",))
    begun = desk.begin()
    post.run()
    desk.complete(desk.task(begun), ann, decision="approved")
    post.run(hours=5)
    assert post.mails() == []


def test_who_lost_a_task_to_a_colleague_gets_no_mail_about_it(desk: Desk, post: Post) -> None:
    ann, bob = post.hire("ann", "sales_manager"), post.hire("bob", "sales_manager")
    post.choose(ann, choices={"group": {"mail": "digest"}}, digest_times=("12:00",))
    task_id = desk.task(desk.begin())
    post.run()
    desk.claim(task_id, bob)
    post.run(hours=5)
    assert post.mails("ann@") == []
    assert dropped(desk) == ["with_another"]


def test_a_task_is_told_to_be_due_soon_and_late_once_each(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager", phone="+8613800138000")
    post.choose(ann, choices={"late": {"sms": True}})
    desk.begin()
    post.run()
    post.run(hours=23)
    assert [kind for kind, _ in told(desk)] == ["group"]
    post.run(hours=2)
    post.run(hours=2)
    assert [kind for kind, _ in told(desk)] == ["group", "due"]
    post.run(hours=22)
    post.run(hours=2)
    assert [kind for kind, _ in told(desk)] == ["group", "due", "late"]
    (text,) = post.texts()
    assert text.to == "+8613800138000"
    assert text.text.startswith("A task is late. “Decide”")


def test_a_due_time_that_is_moved_near_is_told_at_once(desk: Desk, post: Post, clock: MovedClock) -> None:
    post.hire("ann", "sales_manager")
    task_id = desk.task(desk.begin())
    post.run()
    operator = Actor("op", "Op", (Grant("x", "/", frozenset({"engine:operate"})),))
    with desk.house.database.unit_of_work(operator) as session:
        engine_for(session, operator, clock).set_due(task_id, datetime(2026, 3, 2, 6, 0, tzinfo=UTC))
    post.run()
    assert [kind for kind, _ in told(desk)] == ["group", "due"]


def test_what_is_no_urgent_kind_never_comes_as_a_text_message(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager", phone="+8613800138000")
    post.choose(ann, choices={"group": {"sms": True}})
    desk.begin()
    post.run()
    assert post.texts() == []


def test_who_turned_a_kind_off_is_told_nowhere(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": {"mail": "off", "in_app": False}})
    desk.begin()
    post.run()
    assert unread(desk, ann) == 0
    assert post.mails() == []


def test_stopping_one_kind_of_mail_leaves_the_others(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW, "mine": NOW})
    with desk.house.database.unit_of_work(ann) as session:
        stop_mail(session, ann, desk.house.database.clock, KINDS["group"])
    task_id = desk.task(desk.begin())
    post.run()
    assign(desk, task_id, ann)
    post.run()
    assert [mail.subject for mail in post.mails()] == ["To do: Decide"]


def test_who_began_a_case_hears_of_its_end_unless_he_ended_it(desk: Desk, post: Post) -> None:
    wei, ann = post.hire("wei", "sales_consultant"), post.hire("ann", "sales_manager")
    clock = desk.house.database.clock
    starter = Actor(wei.id, "Wei", is_system=True)
    with desk.house.database.unit_of_work(starter) as session:
        begun = engine_for(session, starter, clock).start(
            KEY, {**CASE, "applicants": [wei.id]}, business_key="RG-9", scope=desk.house.project.path
        )
    desk.complete(desk.task(begun), ann, decision="approved")
    desk.complete(desk.task(begun), ann, filled=True)
    post.run()
    assert ("ended", wei.id) in told(desk)
    with desk.house.database.reading() as session:
        assert session.execute(select(NEWS)).all() == []


def test_a_step_that_comes_back_to_who_did_it_is_told_as_returned(desk: Desk, post: Post) -> None:
    ann = post.hire("ann", "sales_manager")
    begun = desk.begin()
    desk.complete(desk.task(begun), ann, decision="approved")
    clock = desk.house.database.clock
    with desk.house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, clock).move(begun.id, "file", "decide", reason="again")
    post.run()
    assert ("returned", ann.id) in told(desk)


@pytest.mark.parametrize(
    ("quiet_from", "quiet_to", "hour", "quiet"),
    [("22:00", "07:30", 23, True), ("22:00", "07:30", 7, True), ("22:00", "07:30", 8, False),
     ("12:00", "14:00", 13, True), ("12:00", "14:00", 14, False), (None, None, 3, False)],
)  # fmt: skip
def test_quiet_hours_may_pass_midnight(
    quiet_from: str | None, quiet_to: str | None, hour: int, quiet: bool
) -> None:
    settings = Settings(zone="UTC", quiet_from=quiet_from, quiet_to=quiet_to)
    assert settings.is_quiet(datetime(2026, 3, 2, hour, 10, tzinfo=UTC)) is quiet


def test_an_hour_that_the_clocks_skip_ends_no_telling(desk: Desk) -> None:
    settings = Settings(zone="Europe/London", quiet_from="00:30", quiet_to="01:30", digest_times=("01:15",))
    skipped = datetime(2026, 3, 29, 0, 45, tzinfo=UTC)
    assert settings.after_quiet(skipped) > skipped
    assert settings.next_digest(skipped) > skipped


def test_a_notice_that_cannot_be_written_holds_back_no_other(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = post.hire("ann", "sales_manager"), post.hire("bob", "sales_manager")
    for person in (ann, bob):
        post.choose(person, choices={"group": NOW})
    written = _Portion._worded

    def fails_for_ann(portion: _Portion, reader: Reader, notice: Notice) -> tuple[str, str]:
        if reader.person.id == ann.id:
            raise KeyError("a mark that nobody gave")
        return written(portion, reader, notice)

    monkeypatch.setattr(_Portion, "_worded", fails_for_ann)
    desk.begin()
    post.run()
    assert (len(post.mails("ann@")), len(post.mails("bob@"))) == (0, 1)
    assert dropped(desk) == ["failed"]
    assert unread(desk, ann) == 1


class Ticking(MovedClock):
    """A clock that is a little later whenever it is asked, as a machine's is."""

    def now(self) -> datetime:
        """A tenth of a millisecond after the last answer."""
        self.advance(timedelta(microseconds=100))
        return super().now()


def test_copies_and_withdrawals_are_told_though_a_command_takes_a_moment(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = post.hire("ann", "sales_manager"), post.hire("bob", "sales_manager")
    fay, clock = post.hire("fay", "finance_clerk"), desk.house.database.clock
    monkeypatch.setattr(desk.house.database, "clock", Ticking(clock.now()))
    begun = desk.begin()
    decided = desk.task(begun)
    desk.complete(decided, ann, decision="approved")
    filing = desk.task(begun)
    assign(desk, filing, bob)
    for act in (
        lambda engine: engine.send_copy(decided, [fay.id]),
        lambda engine: engine.copy_case(begun.id, [fay.id]),
        lambda engine: engine.withdraw(decided, "wrong price"),
    ):
        with desk.house.database.unit_of_work(ann) as session:
            act(engine_for(session, ann, desk.house.database.clock))
    post.run()
    assert [kind for kind, _ in told(desk, staff_id=fay.id)] == ["copied", "copied"]
    assert ("withdrawn", bob.id) in told(desk)
