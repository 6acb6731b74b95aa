"""Carries out what processes order after their commit: messages on their channels, papers of sales.

A job comes at least once: a message is sent under its own key, a paper that is there already is not made again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from channels.delivery import Channel, DeliveryFailed, DeliveryRefused
from channels.mail import MailFolder, MailMessage, Security, SmtpMail, SmtpSettings, html_of
from channels.sms import HttpSms, SmsFolder, SmsMessage, SmsSettings
from kernel.actor import SYSTEM, Actor
from kernel.errors import Missing
from ledger.documents.errors import NumberTaken
from ledger.documents.queries import find_stored
from ledger.messages.operations import Delivery, delivery_of, mark_failed, mark_sent
from ledger.staff.queries import names
from ledger.templates.making import find_paper
from ledger.templates.sale_papers import order_sale_paper
from webapp.approval_sheet.keeping import EndedApproval, keep_sheet
from webapp.arrears.running import work
from webapp.db import Database
from webapp.handover.running import work as send_notices
from webapp.notifications.addresses import Addresses
from webapp.paperwork.made import set_paper, store_made
from webapp.portal.errors import NotABuyer
from webapp.portal.inviting import invites, link_of_message
from webapp.progress.looking import look_for_late_steps
from webapp.settings import Settings
from webapp.statement_making import work as make_statements
from webapp.titles import running as buildings

_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Outlets:
    """The channels to the outside; ``site`` is where people reach us from there."""

    mail: Channel[MailMessage]
    sms: Channel[SmsMessage]
    site: str = "http://localhost:8000"


def outlets_of(settings: Settings, database: Database) -> Outlets:
    """The channels that the settings name; where none is named, messages are put into a folder to be looked at."""
    folder = Path(settings.outbox_folder)
    mail: Channel[MailMessage] = MailFolder(folder / "mail", database.clock)
    sms: Channel[SmsMessage] = SmsFolder(folder / "sms")
    if settings.smtp_host:
        smtp = SmtpSettings(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.smtp_sender,
            sender_name="Keyturn",
            security=Security(settings.smtp_security),
            username=settings.smtp_username,
            password=settings.smtp_password,
            ca_file=settings.smtp_ca_file,
        )
        mail = SmtpMail(smtp, database.clock)
    if settings.sms_url:
        gateway = SmsSettings(
            url=settings.sms_url,
            token=settings.sms_token,
            signature=settings.sms_signature,
            secret=settings.sms_secret,
            max_segments=settings.sms_segments,
        )
        sms = HttpSms(gateway, database.clock)
    return Outlets(mail, sms, settings.site)


class PaperOffice:
    """Implements `handlers.jobs.Office` over a database and its outlets."""

    def __init__(self, database: Database, outlets: Outlets) -> None:
        self._database = database
        self._outlets = outlets
        self._addresses = Addresses(outlets.site, database.vault)

    def deliver_message(self, message_id: str, *, key: str) -> None:
        """Send a queued message and note what became of it; raises `DeliveryFailed` to be called again."""
        try:
            hand_over = self._hand_over_link(message_id)
        except NotABuyer as gone:
            self._note_failure(message_id, gone.code, final=True)
            return
        links = partial(self._addresses.of, hand_over=hand_over)
        with self._database.reading() as session:
            delivery = delivery_of(session, message_id, links)
        if delivery is None:
            return
        if delivery.address is None:
            self._note_failure(message_id, "address_missing", final=True)
            return
        try:
            reference = self._send(delivery, delivery.address)
        except DeliveryRefused as refusal:
            self._note_failure(message_id, _reason(refusal), final=True)
            return
        except DeliveryFailed as failure:
            self._note_failure(message_id, _reason(failure), final=False)
            raise
        with self._database.unit_of_work(SYSTEM) as session:
            mark_sent(session, self._database.clock, message_id=message_id, detail=reference)

    def _hand_over_link(self, message_id: str) -> str | None:
        """The one-time link of a message about a hand-over; None for every other."""
        with self._database.reading() as session:
            if not invites(session, message_id):
                return None
        with self._database.unit_of_work(SYSTEM) as session:
            return link_of_message(session, self._database.clock, message_id)

    def _send(self, delivery: Delivery, address: str) -> str:
        if delivery.channel == "mail":
            return self._outlets.mail.send(_mail(delivery, address), idempotency_key=delivery.key).reference
        sms = SmsMessage(to=address, text=delivery.body)
        return self._outlets.sms.send(sms, idempotency_key=delivery.key).reference

    def _note_failure(self, message_id: str, detail: str, *, final: bool) -> None:
        with self._database.unit_of_work(SYSTEM) as session:
            mark_failed(session, self._database.clock, message_id=message_id, detail=detail, final=final)

    def work_arrears(self, run_id: str, *, key: str) -> None:
        """Bring an arrears run on for a while; what is left is ordered as the next job."""
        work(self._database, run_id)

    def look_for_late_steps(self, path: str, *, key: str) -> None:
        """Mark the steps whose day is over, a few in each unit of work."""
        look_for_late_steps(self._database, path)

    def work_move_in(self, batch_id: str, *, key: str) -> None:
        """Send the notices of a building for a while; what is left is ordered as the next job."""
        send_notices(self._database, batch_id)

    def work_building(self, run_id: str, *, key: str) -> None:
        """Bring a run over the sales of a building on; what is left is ordered as the next job."""
        buildings.work(self._database, run_id)

    def work_statements(self, run_id: str, *, key: str) -> None:
        """Bring a run of customer statements on; what is left is ordered as the next job."""
        make_statements(self._database, run_id)

    def keep_approval_sheet(self, ended: dict[str, Any], *, key: str) -> None:
        """Make and store the sheet of an approval that has ended, once."""
        with self._database.unit_of_work(SYSTEM) as session:
            keep_sheet(session, self._database.clock, EndedApproval.of(ended), key=key)

    def issue_paper(self, kind: str, subject_id: str, *, actor_id: str, key: str) -> None:
        """Make a paper of a sale that was ordered before papers had templates, once."""
        with self._database.unit_of_work(SYSTEM) as session:
            author = _author(session, actor_id)
            clock = self._database.clock
            paper = order_sale_paper(session, author, clock, kind=kind, sale_id=subject_id, key=key)
            paper_id = paper.id
        self.make_paper(paper_id, key=key)

    def make_paper(self, paper_id: str, *, key: str) -> None:
        """Set a paper that was ordered and store it; one that is there stays the only one."""
        clock = self._database.clock
        with self._database.reading() as session:
            paper = find_paper(session, paper_id)
            if paper is None:
                raise Missing("paper_missing", id=paper_id)
            if find_stored(session, paper_id) is not None:
                return
            pdf = set_paper(session, paper).pdf
        try:
            with self._database.unit_of_work(SYSTEM) as session:
                paper = find_paper(session, paper_id)
                assert paper is not None  # noqa: S101 - rows of made papers stay
                store_made(session, _author(session, paper.by), clock, paper, pdf)
        except NumberTaken:
            # Another worker, whose lease had run out, may have stored the same paper at this very moment.
            with self._database.reading() as session:
                if find_stored(session, paper_id) is None:
                    raise


def _mail(delivery: Delivery, address: str) -> MailMessage:
    ours = {found for link in delivery.links.values() for found in _ADDRESS.findall(link)}
    return MailMessage(
        to=address,
        subject=delivery.subject,
        text=delivery.body,
        html=html_of(delivery.subject, delivery.body, language=delivery.language, addresses=ours),
        unsubscribe=delivery.links.get("unsubscribe_link", ""),
        language=delivery.language,
    )


def _reason(fault: DeliveryRefused | DeliveryFailed) -> str:
    """A code and the number that the other side answered with; its words may repeat an address."""
    numbers = [fault.params[name] for name in ("reply", "status", "limit") if name in fault.params]
    return " ".join(str(part) for part in (fault.code, *numbers))


def _author(session: Session, actor_id: str) -> Actor:
    """Whoever ordered a paper, with the system's rights: the order is the authorisation."""
    return Actor(actor_id, names(session, [actor_id]).get(actor_id, actor_id), is_system=True)
