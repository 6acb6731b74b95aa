"""All tables of the ledger: each noun's models are imported here so that the metadata is complete."""

import ledger.customers.models
import ledger.documents.models
import ledger.finance.models
import ledger.inventory.models
import ledger.messages.models
import ledger.organisation.models
import ledger.sales.models
import ledger.staff.models

__all__ = ["ledger"]
