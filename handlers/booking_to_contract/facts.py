"""What the verbs of this process look up: batches and sales, with words for the inbox."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context
from handlers.looking_up import found, labels_of_unit
from ledger.sales.models import Sale
from ledger.sales.queue_models import QueueBatch


def queue_batch(ctx: Context, batch_id: str) -> QueueBatch:
    """A queue batch."""
    return found(ctx, QueueBatch, batch_id, "batch_id")


def sale_of(ctx: Context, sale_id: str) -> Sale:
    """A sale as it stands."""
    return found(ctx, Sale, sale_id, "sale_id")


@dataclass(frozen=True)
class OpenedSale:
    """A sale that has taken its unit. Prices are fen; the floor price (底价) stays in the ledger."""

    sale_id: str
    sale_no: str
    unit_id: str
    unit_label: str
    list_price_fen: int


def opened(ctx: Context, sale: Sale) -> OpenedSale:
    """The data of a sale that was just opened; the inbox rows get its number and price."""
    _, label = labels_of_unit(ctx, sale.unit_id)
    ctx.set_facts(sale_no=sale.no, unit=label, amount_fen=sale.list_price_fen)
    return OpenedSale(sale.id, sale.no, sale.unit_id, label, sale.list_price_fen)
