"""All tables of the ledger: each noun's models are imported here so that the metadata is complete."""

import ledger.accounting.models
import ledger.accounting.voucher_models
import ledger.arrears.models
import ledger.banking.models
import ledger.calendars.models
import ledger.changes.models
import ledger.changes.supplement_models
import ledger.customers.models
import ledger.documents.models
import ledger.finance.interest_models
import ledger.finance.models
import ledger.finance.payout_models
import ledger.handover.inspection_models
import ledger.handover.models
import ledger.inventory.models
import ledger.messages.models
import ledger.mortgages.models
import ledger.notices.models
import ledger.organisation.models
import ledger.papers.models
import ledger.progress.models
import ledger.reviews.models
import ledger.sales.models
import ledger.sales.move_models
import ledger.sales.offer_models
import ledger.sales.queue_models
import ledger.sales.stage_models
import ledger.staff.models
import ledger.surveys.models
import ledger.templates.models
import ledger.titles.models

__all__ = ["ledger"]
