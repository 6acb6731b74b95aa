"""The journal as Excel: every entry that the page's filter keeps, with the sum of debits and credits."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from ledger.finance.journal_queries import JournalFilter, list_transactions
from ledger.finance.kinds import Account
from ledger.finance.sale_labels import label_sales
from webapp.acting import acting
from webapp.finance.desk import asked, asked_date, pages
from webapp.finance.reports.exporting import MOST_ROWS, exporter, home_of, log_export, require_few
from webapp.finance.reports.workbook import Column, download, workbook
from webapp.wording import state_name


@pages.get("/journal.xlsx")
def journal_export() -> Response:
    """The entries of the journal page, latest first."""
    account = asked("account", Account)
    where = JournalFilter(
        project_id=request.args.get("project") or None,
        sale_id=request.args.get("sale") or None,
        account=Account(account) if account else None,
        booked_from=asked_date("from"),
        booked_to=asked_date("to"),
    )
    with acting() as (session, reader):
        rows = list_transactions(session, exporter(reader), where, limit=MOST_ROWS + 1)
        require_few(len(rows))
        sales = {entry.sale_id for row in rows for entry in row.entries if entry.sale_id}
        labels = label_sales(session, sales)
        log_export(session, reader, "journal", rows=len(rows))
    entries = [(row, entry) for row in rows for entry in row.entries]
    content = workbook(
        _("Journal"),
        [],
        [
            Column(_("Booked on"), "day"),
            Column(_("What happened")),
            Column(_("Ledger account")),
            Column(_("Sale no.")),
            Column(_("Home no.")),
            Column(_("Debited"), "money"),
            Column(_("Credited"), "money"),
        ],
        (
            [
                row.booked_on,
                state_name(f"journal.{row.kind}"),
                state_name(f"account.{entry.account}"),
                entry.sale_no,
                home_of(labels[entry.sale_id]) if entry.sale_id in labels else None,
                max(entry.amount_fen, 0) or None,
                max(-entry.amount_fen, 0) or None,
            ]
            for row, entry in entries
        ),
        [
            None,
            _("Total"),
            None,
            None,
            None,
            sum(max(entry.amount_fen, 0) for _row, entry in entries),
            sum(max(-entry.amount_fen, 0) for _row, entry in entries),
        ],
    )
    return download(content, "journal.xlsx")
