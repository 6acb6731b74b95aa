"""initial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER allocation_insert_allocation_above_receipt BEFORE INSERT ON allocation WHEN NEW.amount_fen > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) + (SELECT COALESCE(SUM(f.amount_fen), 0) FROM refund f WHERE f.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = f.id AND e.kind = 'cancelled')) > (SELECT r.amount_fen FROM receipt r WHERE r.id = NEW.receipt_id) BEGIN SELECT RAISE(ABORT, 'allocation_above_receipt'); END
        """,
        """
CREATE TRIGGER allocation_insert_allocation_above_receivable BEFORE INSERT ON allocation WHEN NEW.amount_fen > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) > (SELECT CASE r.state WHEN 'planned' THEN r.amount_fen ELSE 0 END FROM receivable r WHERE r.id = NEW.receivable_id) BEGIN SELECT RAISE(ABORT, 'allocation_above_receivable'); END
        """,
        """
CREATE TRIGGER allocation_insert_allocation_below_zero BEFORE INSERT ON allocation WHEN NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id AND a.receivable_id = NEW.receivable_id) < 0 BEGIN SELECT RAISE(ABORT, 'allocation_below_zero'); END
        """,
        """
CREATE TRIGGER allocation_insert_allocation_unconfirmed BEFORE INSERT ON allocation WHEN NEW.amount_fen > 0 AND NOT (EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'confirmed') AND NOT EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'reversed')) BEGIN SELECT RAISE(ABORT, 'allocation_unconfirmed'); END
        """,
        """
CREATE TRIGGER buyers_are_sealed BEFORE INSERT ON sale_buyer
WHEN EXISTS (SELECT 1 FROM sale_terms t WHERE t.sale_id = NEW.sale_id AND t.version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'rule:buyers_are_sealed'); END
        """,
        """
CREATE TRIGGER buyers_sum_to_one BEFORE INSERT ON sale_terms
WHEN NOT EXISTS (
    SELECT 1 FROM sale_buyer b WHERE b.sale_id = NEW.sale_id AND b.version = NEW.version
    GROUP BY b.sale_id
    HAVING (COUNT(*) = 1 AND MIN(b.ownership) = 'sole')
        OR (COUNT(*) > 1 AND MIN(b.ownership) = 'joint' AND MAX(b.ownership) = 'joint')
        OR (MIN(b.ownership) = 'shares' AND MAX(b.ownership) = 'shares'
            AND MIN(b.share_denominator) = MAX(b.share_denominator)
            AND SUM(b.share_numerator) = MIN(b.share_denominator)))
BEGIN SELECT RAISE(ABORT, 'rule:buyers_sum_to_one'); END
        """,
        """
CREATE TRIGGER discounts_are_sealed BEFORE INSERT ON sale_discount
WHEN EXISTS (SELECT 1 FROM sale_terms t WHERE t.sale_id = NEW.sale_id AND t.version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'rule:discounts_are_sealed'); END
        """,
        """
CREATE TRIGGER filing_cancelled_first BEFORE UPDATE ON sale
WHEN NEW.state = 'closed' AND OLD.state <> 'closed' AND EXISTS (
    SELECT 1 FROM filing f WHERE f.sale_id = NEW.id AND f.state IN ('submitted', 'accepted', 'cancelling'))
BEGIN SELECT RAISE(ABORT, 'rule:filing_cancelled_first'); END
        """,
        """
CREATE TRIGGER journal_entry_insert_journal_closed BEFORE INSERT ON journal_entry WHEN EXISTS (SELECT 1 FROM journal_transaction t WHERE t.id = NEW.transaction_id) BEGIN SELECT RAISE(ABORT, 'journal_closed'); END
        """,
        """
CREATE TRIGGER journal_transaction_insert_journal_unbalanced BEFORE INSERT ON journal_transaction WHEN (SELECT COUNT(*) < 2 OR SUM(j.amount_fen) <> 0 FROM journal_entry j WHERE j.transaction_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'journal_unbalanced'); END
        """,
        """
CREATE TRIGGER keep_allocation_delete BEFORE DELETE ON allocation
BEGIN SELECT RAISE(ABORT, 'append_only:allocation'); END
        """,
        """
CREATE TRIGGER keep_allocation_update BEFORE UPDATE ON allocation
BEGIN SELECT RAISE(ABORT, 'append_only:allocation'); END
        """,
        """
CREATE TRIGGER keep_audit_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END
        """,
        """
CREATE TRIGGER keep_audit_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END
        """,
        """
CREATE TRIGGER keep_contact_delete BEFORE DELETE ON contact
BEGIN SELECT RAISE(ABORT, 'append_only:contact'); END
        """,
        """
CREATE TRIGGER keep_contact_update BEFORE UPDATE ON contact
BEGIN SELECT RAISE(ABORT, 'append_only:contact'); END
        """,
        """
CREATE TRIGGER keep_customer_revision_delete BEFORE DELETE ON customer_revision
BEGIN SELECT RAISE(ABORT, 'append_only:customer_revision'); END
        """,
        """
CREATE TRIGGER keep_customer_revision_update BEFORE UPDATE ON customer_revision
BEGIN SELECT RAISE(ABORT, 'append_only:customer_revision'); END
        """,
        """
CREATE TRIGGER keep_document_blob_delete BEFORE DELETE ON document_blob
BEGIN SELECT RAISE(ABORT, 'append_only:document_blob'); END
        """,
        """
CREATE TRIGGER keep_document_blob_update BEFORE UPDATE ON document_blob
BEGIN SELECT RAISE(ABORT, 'append_only:document_blob'); END
        """,
        """
CREATE TRIGGER keep_document_delete BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'append_only:document'); END
        """,
        """
CREATE TRIGGER keep_document_event_delete BEFORE DELETE ON document_event
BEGIN SELECT RAISE(ABORT, 'append_only:document_event'); END
        """,
        """
CREATE TRIGGER keep_document_event_update BEFORE UPDATE ON document_event
BEGIN SELECT RAISE(ABORT, 'append_only:document_event'); END
        """,
        """
CREATE TRIGGER keep_document_update BEFORE UPDATE ON document
BEGIN SELECT RAISE(ABORT, 'append_only:document'); END
        """,
        """
CREATE TRIGGER keep_engine_comment_delete BEFORE DELETE ON engine_comment
BEGIN SELECT RAISE(ABORT, 'append_only:engine_comment'); END
        """,
        """
CREATE TRIGGER keep_engine_comment_update BEFORE UPDATE ON engine_comment
BEGIN SELECT RAISE(ABORT, 'append_only:engine_comment'); END
        """,
        """
CREATE TRIGGER keep_engine_decision_log_delete BEFORE DELETE ON engine_decision_log
BEGIN SELECT RAISE(ABORT, 'append_only:engine_decision_log'); END
        """,
        """
CREATE TRIGGER keep_engine_decision_log_update BEFORE UPDATE ON engine_decision_log
BEGIN SELECT RAISE(ABORT, 'append_only:engine_decision_log'); END
        """,
        """
CREATE TRIGGER keep_engine_history_delete BEFORE DELETE ON engine_history
BEGIN SELECT RAISE(ABORT, 'append_only:engine_history'); END
        """,
        """
CREATE TRIGGER keep_engine_history_update BEFORE UPDATE ON engine_history
BEGIN SELECT RAISE(ABORT, 'append_only:engine_history'); END
        """,
        """
CREATE TRIGGER keep_import_batch_delete BEFORE DELETE ON import_batch
BEGIN SELECT RAISE(ABORT, 'append_only:import_batch'); END
        """,
        """
CREATE TRIGGER keep_import_batch_update BEFORE UPDATE ON import_batch
BEGIN SELECT RAISE(ABORT, 'append_only:import_batch'); END
        """,
        """
CREATE TRIGGER keep_journal_entry_delete BEFORE DELETE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'append_only:journal_entry'); END
        """,
        """
CREATE TRIGGER keep_journal_entry_update BEFORE UPDATE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'append_only:journal_entry'); END
        """,
        """
CREATE TRIGGER keep_journal_transaction_delete BEFORE DELETE ON journal_transaction
BEGIN SELECT RAISE(ABORT, 'append_only:journal_transaction'); END
        """,
        """
CREATE TRIGGER keep_journal_transaction_update BEFORE UPDATE ON journal_transaction
BEGIN SELECT RAISE(ABORT, 'append_only:journal_transaction'); END
        """,
        """
CREATE TRIGGER keep_message_event_delete BEFORE DELETE ON message_event
BEGIN SELECT RAISE(ABORT, 'append_only:message_event'); END
        """,
        """
CREATE TRIGGER keep_message_event_update BEFORE UPDATE ON message_event
BEGIN SELECT RAISE(ABORT, 'append_only:message_event'); END
        """,
        """
CREATE TRIGGER keep_parameter_delete BEFORE DELETE ON parameter
BEGIN SELECT RAISE(ABORT, 'append_only:parameter'); END
        """,
        """
CREATE TRIGGER keep_parameter_update BEFORE UPDATE ON parameter
BEGIN SELECT RAISE(ABORT, 'append_only:parameter'); END
        """,
        """
CREATE TRIGGER keep_receipt_delete BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'append_only:receipt'); END
        """,
        """
CREATE TRIGGER keep_receipt_event_delete BEFORE DELETE ON receipt_event
BEGIN SELECT RAISE(ABORT, 'append_only:receipt_event'); END
        """,
        """
CREATE TRIGGER keep_receipt_event_update BEFORE UPDATE ON receipt_event
BEGIN SELECT RAISE(ABORT, 'append_only:receipt_event'); END
        """,
        """
CREATE TRIGGER keep_receipt_move_delete BEFORE DELETE ON receipt_move
BEGIN SELECT RAISE(ABORT, 'append_only:receipt_move'); END
        """,
        """
CREATE TRIGGER keep_receipt_move_update BEFORE UPDATE ON receipt_move
BEGIN SELECT RAISE(ABORT, 'append_only:receipt_move'); END
        """,
        """
CREATE TRIGGER keep_receipt_update BEFORE UPDATE ON receipt
BEGIN SELECT RAISE(ABORT, 'append_only:receipt'); END
        """,
        """
CREATE TRIGGER keep_receivable_schedule_delete BEFORE DELETE ON receivable_schedule
BEGIN SELECT RAISE(ABORT, 'append_only:receivable_schedule'); END
        """,
        """
CREATE TRIGGER keep_receivable_schedule_update BEFORE UPDATE ON receivable_schedule
BEGIN SELECT RAISE(ABORT, 'append_only:receivable_schedule'); END
        """,
        """
CREATE TRIGGER keep_refund_delete BEFORE DELETE ON refund
BEGIN SELECT RAISE(ABORT, 'append_only:refund'); END
        """,
        """
CREATE TRIGGER keep_refund_event_delete BEFORE DELETE ON refund_event
BEGIN SELECT RAISE(ABORT, 'append_only:refund_event'); END
        """,
        """
CREATE TRIGGER keep_refund_event_update BEFORE UPDATE ON refund_event
BEGIN SELECT RAISE(ABORT, 'append_only:refund_event'); END
        """,
        """
CREATE TRIGGER keep_refund_update BEFORE UPDATE ON refund
BEGIN SELECT RAISE(ABORT, 'append_only:refund'); END
        """,
        """
CREATE TRIGGER keep_sale_approval_delete BEFORE DELETE ON sale_approval
BEGIN SELECT RAISE(ABORT, 'append_only:sale_approval'); END
        """,
        """
CREATE TRIGGER keep_sale_approval_update BEFORE UPDATE ON sale_approval
BEGIN SELECT RAISE(ABORT, 'append_only:sale_approval'); END
        """,
        """
CREATE TRIGGER keep_sale_buyer_delete BEFORE DELETE ON sale_buyer
BEGIN SELECT RAISE(ABORT, 'append_only:sale_buyer'); END
        """,
        """
CREATE TRIGGER keep_sale_buyer_update BEFORE UPDATE ON sale_buyer
BEGIN SELECT RAISE(ABORT, 'append_only:sale_buyer'); END
        """,
        """
CREATE TRIGGER keep_sale_discount_delete BEFORE DELETE ON sale_discount
BEGIN SELECT RAISE(ABORT, 'append_only:sale_discount'); END
        """,
        """
CREATE TRIGGER keep_sale_discount_update BEFORE UPDATE ON sale_discount
BEGIN SELECT RAISE(ABORT, 'append_only:sale_discount'); END
        """,
        """
CREATE TRIGGER keep_sale_event_delete BEFORE DELETE ON sale_event
BEGIN SELECT RAISE(ABORT, 'append_only:sale_event'); END
        """,
        """
CREATE TRIGGER keep_sale_event_update BEFORE UPDATE ON sale_event
BEGIN SELECT RAISE(ABORT, 'append_only:sale_event'); END
        """,
        """
CREATE TRIGGER keep_sale_terms_delete BEFORE DELETE ON sale_terms
BEGIN SELECT RAISE(ABORT, 'append_only:sale_terms'); END
        """,
        """
CREATE TRIGGER keep_sale_terms_update BEFORE UPDATE ON sale_terms
BEGIN SELECT RAISE(ABORT, 'append_only:sale_terms'); END
        """,
        """
CREATE TRIGGER keep_unit_event_delete BEFORE DELETE ON unit_event
BEGIN SELECT RAISE(ABORT, 'append_only:unit_event'); END
        """,
        """
CREATE TRIGGER keep_unit_event_update BEFORE UPDATE ON unit_event
BEGIN SELECT RAISE(ABORT, 'append_only:unit_event'); END
        """,
        """
CREATE TRIGGER price_is_the_sum BEFORE INSERT ON sale_terms
WHEN NOT (NEW.deal_price_fen = NEW.list_price_fen - COALESCE((
    SELECT SUM(d.taken_off_fen) FROM sale_discount d
    WHERE d.sale_id = NEW.sale_id AND d.version = NEW.version), 0))
BEGIN SELECT RAISE(ABORT, 'rule:price_is_the_sum'); END
        """,
        """
CREATE TRIGGER receipt_event_insert_receipt_in_use BEFORE INSERT ON receipt_event WHEN NEW.kind = 'reversed' AND ((SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) <> 0 OR (SELECT COALESCE(SUM(f.amount_fen), 0) FROM refund f WHERE f.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = f.id AND e.kind = 'cancelled')) <> 0) BEGIN SELECT RAISE(ABORT, 'receipt_in_use'); END
        """,
        """
CREATE TRIGGER receipt_event_insert_receipt_reversed BEFORE INSERT ON receipt_event WHEN NEW.kind = 'confirmed' AND EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'reversed') BEGIN SELECT RAISE(ABORT, 'receipt_reversed'); END
        """,
        """
CREATE TRIGGER receipt_move_insert_receipt_in_use BEFORE INSERT ON receipt_move WHEN (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) <> 0 BEGIN SELECT RAISE(ABORT, 'receipt_in_use'); END
        """,
        """
CREATE TRIGGER receivable_delete_receivable_fixed BEFORE DELETE ON receivable WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'receivable_fixed'); END
        """,
        """
CREATE TRIGGER receivable_insert_receivable_unsealed BEFORE INSERT ON receivable WHEN NEW.class = 'price' AND EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.sale_id = NEW.sale_id) AND (NEW.raised_in IS NULL OR EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.id = NEW.raised_in)) BEGIN SELECT RAISE(ABORT, 'receivable_unsealed'); END
        """,
        """
CREATE TRIGGER receivable_schedule_insert_schedule_sum BEFORE INSERT ON receivable_schedule WHEN (SELECT COALESCE(SUM(r.amount_fen), 0) FROM receivable r WHERE r.sale_id = NEW.sale_id AND r.class = 'price' AND r.state <> 'superseded') <> NEW.total_fen BEGIN SELECT RAISE(ABORT, 'schedule_sum'); END
        """,
        """
CREATE TRIGGER receivable_update_receivable_allocated BEFORE UPDATE ON receivable WHEN NEW.state = 'superseded' AND OLD.state <> 'superseded' AND (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.id) <> 0 BEGIN SELECT RAISE(ABORT, 'receivable_allocated'); END
        """,
        """
CREATE TRIGGER receivable_update_receivable_fixed BEFORE UPDATE ON receivable WHEN NEW.amount_fen <> OLD.amount_fen OR NEW.kind <> OLD.kind OR NEW.class <> OLD.class OR NEW.debtor <> OLD.debtor OR NEW.project_id <> OLD.project_id OR NEW.path <> OLD.path OR NEW.key <> OLD.key OR COALESCE(NEW.sale_id, '') <> COALESCE(OLD.sale_id, '') OR COALESCE(NEW.raised_in, '') <> COALESCE(OLD.raised_in, '') OR (OLD.state = 'superseded' AND NEW.state <> OLD.state) OR (OLD.state = 'written_off' AND NEW.state = 'planned') BEGIN SELECT RAISE(ABORT, 'receivable_fixed'); END
        """,
        """
CREATE TRIGGER receivable_update_receivable_unsealed BEFORE UPDATE ON receivable WHEN NEW.state = 'superseded' AND OLD.state <> 'superseded' AND NEW.class = 'price' AND EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.sale_id = NEW.sale_id) AND (NEW.superseded_in IS NULL OR EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.id = NEW.superseded_in)) BEGIN SELECT RAISE(ABORT, 'receivable_unsealed'); END
        """,
        """
CREATE TRIGGER refund_event_insert_refund_closed BEFORE INSERT ON refund_event WHEN NEW.kind <> 'requested' AND EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = NEW.refund_id AND e.kind <> 'requested') BEGIN SELECT RAISE(ABORT, 'refund_closed'); END
        """,
        """
CREATE TRIGGER refund_insert_refund_above_receipt BEFORE INSERT ON refund WHEN NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) + (SELECT COALESCE(SUM(f.amount_fen), 0) FROM refund f WHERE f.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = f.id AND e.kind = 'cancelled')) > (SELECT r.amount_fen FROM receipt r WHERE r.id = NEW.receipt_id) BEGIN SELECT RAISE(ABORT, 'refund_above_receipt'); END
        """,
        """
CREATE TRIGGER refund_insert_refund_unconfirmed BEFORE INSERT ON refund WHEN NOT (EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'confirmed') AND NOT EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'reversed')) BEGIN SELECT RAISE(ABORT, 'refund_unconfirmed'); END
        """,
        """
CREATE TRIGGER unit_freed_last BEFORE UPDATE ON unit
WHEN NEW.status = 'available' AND OLD.status <> 'available' AND EXISTS (SELECT 1 FROM sale s WHERE s.unit_id = NEW.id AND s.state = 'live')
BEGIN SELECT RAISE(ABORT, 'rule:unit_freed_last'); END
        """,
        """
CREATE TRIGGER unit_is_open_for_sale BEFORE INSERT ON sale
WHEN NOT EXISTS (
    SELECT 1 FROM unit u WHERE u.id = NEW.unit_id AND u.permit_id IS NOT NULL AND u.price_version_id IS NOT NULL
    AND u.withheld_reason IS NULL AND NOT u.mortgaged AND NOT u.seized AND NOT u.not_for_sale)
BEGIN SELECT RAISE(ABORT, 'rule:unit_is_open_for_sale'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.allocation_insert_allocation_above_receipt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE; PERFORM 1 FROM receivable WHERE id = NEW.receivable_id FOR UPDATE; IF NEW.amount_fen > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) + (SELECT COALESCE(SUM(f.amount_fen), 0) FROM refund f WHERE f.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = f.id AND e.kind = 'cancelled')) > (SELECT r.amount_fen FROM receipt r WHERE r.id = NEW.receipt_id) THEN RAISE EXCEPTION 'allocation_above_receipt'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.allocation_insert_allocation_above_receivable()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.amount_fen > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) > (SELECT CASE r.state WHEN 'planned' THEN r.amount_fen ELSE 0 END FROM receivable r WHERE r.id = NEW.receivable_id) THEN RAISE EXCEPTION 'allocation_above_receivable'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.allocation_insert_allocation_below_zero()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id AND a.receivable_id = NEW.receivable_id) < 0 THEN RAISE EXCEPTION 'allocation_below_zero'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.allocation_insert_allocation_unconfirmed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.amount_fen > 0 AND NOT (EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'confirmed') AND NOT EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'reversed')) THEN RAISE EXCEPTION 'allocation_unconfirmed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.journal_entry_insert_journal_closed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF EXISTS (SELECT 1 FROM journal_transaction t WHERE t.id = NEW.transaction_id) THEN RAISE EXCEPTION 'journal_closed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.journal_transaction_insert_journal_unbalanced()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF (SELECT COUNT(*) < 2 OR SUM(j.amount_fen) <> 0 FROM journal_entry j WHERE j.transaction_id = NEW.id) THEN RAISE EXCEPTION 'journal_unbalanced'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.keyturn_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN RAISE EXCEPTION 'append_only:%%', TG_TABLE_NAME; END
$function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receipt_event_insert_receipt_in_use()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE; IF NEW.kind = 'reversed' AND ((SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) <> 0 OR (SELECT COALESCE(SUM(f.amount_fen), 0) FROM refund f WHERE f.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = f.id AND e.kind = 'cancelled')) <> 0) THEN RAISE EXCEPTION 'receipt_in_use'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receipt_event_insert_receipt_reversed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.kind = 'confirmed' AND EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'reversed') THEN RAISE EXCEPTION 'receipt_reversed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receipt_move_insert_receipt_in_use()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE; IF (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) <> 0 THEN RAISE EXCEPTION 'receipt_in_use'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receivable_delete_receivable_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'receivable_fixed'; END IF; RETURN OLD; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receivable_insert_receivable_unsealed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.class = 'price' AND EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.sale_id = NEW.sale_id) AND (NEW.raised_in IS NULL OR EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.id = NEW.raised_in)) THEN RAISE EXCEPTION 'receivable_unsealed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receivable_schedule_insert_schedule_sum()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF (SELECT COALESCE(SUM(r.amount_fen), 0) FROM receivable r WHERE r.sale_id = NEW.sale_id AND r.class = 'price' AND r.state <> 'superseded') <> NEW.total_fen THEN RAISE EXCEPTION 'schedule_sum'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receivable_update_receivable_allocated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.state = 'superseded' AND OLD.state <> 'superseded' AND (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.id) <> 0 THEN RAISE EXCEPTION 'receivable_allocated'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receivable_update_receivable_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.amount_fen <> OLD.amount_fen OR NEW.kind <> OLD.kind OR NEW.class <> OLD.class OR NEW.debtor <> OLD.debtor OR NEW.project_id <> OLD.project_id OR NEW.path <> OLD.path OR NEW.key <> OLD.key OR COALESCE(NEW.sale_id, '') <> COALESCE(OLD.sale_id, '') OR COALESCE(NEW.raised_in, '') <> COALESCE(OLD.raised_in, '') OR (OLD.state = 'superseded' AND NEW.state <> OLD.state) OR (OLD.state = 'written_off' AND NEW.state = 'planned') THEN RAISE EXCEPTION 'receivable_fixed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receivable_update_receivable_unsealed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.state = 'superseded' AND OLD.state <> 'superseded' AND NEW.class = 'price' AND EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.sale_id = NEW.sale_id) AND (NEW.superseded_in IS NULL OR EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.id = NEW.superseded_in)) THEN RAISE EXCEPTION 'receivable_unsealed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.refund_event_insert_refund_closed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM refund WHERE id = NEW.refund_id FOR UPDATE; IF NEW.kind <> 'requested' AND EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = NEW.refund_id AND e.kind <> 'requested') THEN RAISE EXCEPTION 'refund_closed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.refund_insert_refund_above_receipt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE; IF NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) + (SELECT COALESCE(SUM(f.amount_fen), 0) FROM refund f WHERE f.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = f.id AND e.kind = 'cancelled')) > (SELECT r.amount_fen FROM receipt r WHERE r.id = NEW.receipt_id) THEN RAISE EXCEPTION 'refund_above_receipt'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.refund_insert_refund_unconfirmed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NOT (EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'confirmed') AND NOT EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = 'reversed')) THEN RAISE EXCEPTION 'refund_unconfirmed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.rule_buyers_are_sealed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN IF EXISTS (SELECT 1 FROM sale_terms t WHERE t.sale_id = NEW.sale_id AND t.version = NEW.version) THEN RAISE EXCEPTION 'rule:buyers_are_sealed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END
$function$
        """,
        """
CREATE OR REPLACE FUNCTION public.rule_buyers_sum_to_one()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN IF NOT EXISTS (
    SELECT 1 FROM sale_buyer b WHERE b.sale_id = NEW.sale_id AND b.version = NEW.version
    GROUP BY b.sale_id
    HAVING (COUNT(*) = 1 AND MIN(b.ownership) = 'sole')
        OR (COUNT(*) > 1 AND MIN(b.ownership) = 'joint' AND MAX(b.ownership) = 'joint')
        OR (MIN(b.ownership) = 'shares' AND MAX(b.ownership) = 'shares'
            AND MIN(b.share_denominator) = MAX(b.share_denominator)
            AND SUM(b.share_numerator) = MIN(b.share_denominator))) THEN RAISE EXCEPTION 'rule:buyers_sum_to_one' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END
$function$
        """,
        """
CREATE OR REPLACE FUNCTION public.rule_discounts_are_sealed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN IF EXISTS (SELECT 1 FROM sale_terms t WHERE t.sale_id = NEW.sale_id AND t.version = NEW.version) THEN RAISE EXCEPTION 'rule:discounts_are_sealed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END
$function$
        """,
        """
CREATE OR REPLACE FUNCTION public.rule_filing_cancelled_first()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN IF NEW.state = 'closed' AND OLD.state <> 'closed' AND EXISTS (
    SELECT 1 FROM filing f WHERE f.sale_id = NEW.id AND f.state IN ('submitted', 'accepted', 'cancelling')) THEN RAISE EXCEPTION 'rule:filing_cancelled_first' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END
$function$
        """,
        """
CREATE OR REPLACE FUNCTION public.rule_price_is_the_sum()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN IF NOT (NEW.deal_price_fen = NEW.list_price_fen - COALESCE((
    SELECT SUM(d.taken_off_fen) FROM sale_discount d
    WHERE d.sale_id = NEW.sale_id AND d.version = NEW.version), 0)) THEN RAISE EXCEPTION 'rule:price_is_the_sum' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END
$function$
        """,
        """
CREATE OR REPLACE FUNCTION public.rule_unit_freed_last()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN IF NEW.status = 'available' AND OLD.status <> 'available' AND EXISTS (SELECT 1 FROM sale s WHERE s.unit_id = NEW.id AND s.state = 'live') THEN RAISE EXCEPTION 'rule:unit_freed_last' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END
$function$
        """,
        """
CREATE OR REPLACE FUNCTION public.rule_unit_is_open_for_sale()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN IF NOT EXISTS (
    SELECT 1 FROM unit u WHERE u.id = NEW.unit_id AND u.permit_id IS NOT NULL AND u.price_version_id IS NOT NULL
    AND u.withheld_reason IS NULL AND NOT u.mortgaged AND NOT u.seized AND NOT u.not_for_sale) THEN RAISE EXCEPTION 'rule:unit_is_open_for_sale' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END
$function$
        """,
        """
CREATE TRIGGER allocation_insert_allocation_above_receipt BEFORE INSERT ON public.allocation FOR EACH ROW EXECUTE FUNCTION allocation_insert_allocation_above_receipt()
        """,
        """
CREATE TRIGGER allocation_insert_allocation_above_receivable BEFORE INSERT ON public.allocation FOR EACH ROW EXECUTE FUNCTION allocation_insert_allocation_above_receivable()
        """,
        """
CREATE TRIGGER allocation_insert_allocation_below_zero BEFORE INSERT ON public.allocation FOR EACH ROW EXECUTE FUNCTION allocation_insert_allocation_below_zero()
        """,
        """
CREATE TRIGGER allocation_insert_allocation_unconfirmed BEFORE INSERT ON public.allocation FOR EACH ROW EXECUTE FUNCTION allocation_insert_allocation_unconfirmed()
        """,
        """
CREATE TRIGGER buyers_are_sealed BEFORE INSERT ON public.sale_buyer FOR EACH ROW EXECUTE FUNCTION rule_buyers_are_sealed()
        """,
        """
CREATE TRIGGER buyers_sum_to_one BEFORE INSERT ON public.sale_terms FOR EACH ROW EXECUTE FUNCTION rule_buyers_sum_to_one()
        """,
        """
CREATE TRIGGER discounts_are_sealed BEFORE INSERT ON public.sale_discount FOR EACH ROW EXECUTE FUNCTION rule_discounts_are_sealed()
        """,
        """
CREATE TRIGGER filing_cancelled_first BEFORE UPDATE ON public.sale FOR EACH ROW EXECUTE FUNCTION rule_filing_cancelled_first()
        """,
        """
CREATE TRIGGER journal_entry_insert_journal_closed BEFORE INSERT ON public.journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_insert_journal_closed()
        """,
        """
CREATE TRIGGER journal_transaction_insert_journal_unbalanced BEFORE INSERT ON public.journal_transaction FOR EACH ROW EXECUTE FUNCTION journal_transaction_insert_journal_unbalanced()
        """,
        """
CREATE TRIGGER keep_allocation_delete BEFORE DELETE ON public.allocation FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_allocation_update BEFORE UPDATE ON public.allocation FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_audit_delete BEFORE DELETE ON public.audit FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_audit_update BEFORE UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_contact_delete BEFORE DELETE ON public.contact FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_contact_update BEFORE UPDATE ON public.contact FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_customer_revision_delete BEFORE DELETE ON public.customer_revision FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_customer_revision_update BEFORE UPDATE ON public.customer_revision FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_document_blob_delete BEFORE DELETE ON public.document_blob FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_document_blob_update BEFORE UPDATE ON public.document_blob FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_document_delete BEFORE DELETE ON public.document FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_document_event_delete BEFORE DELETE ON public.document_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_document_event_update BEFORE UPDATE ON public.document_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_document_update BEFORE UPDATE ON public.document FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_engine_comment_delete BEFORE DELETE ON public.engine_comment FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_engine_comment_update BEFORE UPDATE ON public.engine_comment FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_engine_decision_log_delete BEFORE DELETE ON public.engine_decision_log FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_engine_decision_log_update BEFORE UPDATE ON public.engine_decision_log FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_engine_history_delete BEFORE DELETE ON public.engine_history FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_engine_history_update BEFORE UPDATE ON public.engine_history FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_import_batch_delete BEFORE DELETE ON public.import_batch FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_import_batch_update BEFORE UPDATE ON public.import_batch FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_journal_entry_delete BEFORE DELETE ON public.journal_entry FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_journal_entry_update BEFORE UPDATE ON public.journal_entry FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_journal_transaction_delete BEFORE DELETE ON public.journal_transaction FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_journal_transaction_update BEFORE UPDATE ON public.journal_transaction FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_message_event_delete BEFORE DELETE ON public.message_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_message_event_update BEFORE UPDATE ON public.message_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_parameter_delete BEFORE DELETE ON public.parameter FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_parameter_update BEFORE UPDATE ON public.parameter FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receipt_delete BEFORE DELETE ON public.receipt FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receipt_event_delete BEFORE DELETE ON public.receipt_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receipt_event_update BEFORE UPDATE ON public.receipt_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receipt_move_delete BEFORE DELETE ON public.receipt_move FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receipt_move_update BEFORE UPDATE ON public.receipt_move FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receipt_update BEFORE UPDATE ON public.receipt FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receivable_schedule_delete BEFORE DELETE ON public.receivable_schedule FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_receivable_schedule_update BEFORE UPDATE ON public.receivable_schedule FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_refund_delete BEFORE DELETE ON public.refund FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_refund_event_delete BEFORE DELETE ON public.refund_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_refund_event_update BEFORE UPDATE ON public.refund_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_refund_update BEFORE UPDATE ON public.refund FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_approval_delete BEFORE DELETE ON public.sale_approval FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_approval_update BEFORE UPDATE ON public.sale_approval FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_buyer_delete BEFORE DELETE ON public.sale_buyer FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_buyer_update BEFORE UPDATE ON public.sale_buyer FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_discount_delete BEFORE DELETE ON public.sale_discount FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_discount_update BEFORE UPDATE ON public.sale_discount FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_event_delete BEFORE DELETE ON public.sale_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_event_update BEFORE UPDATE ON public.sale_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_terms_delete BEFORE DELETE ON public.sale_terms FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_sale_terms_update BEFORE UPDATE ON public.sale_terms FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_unit_event_delete BEFORE DELETE ON public.unit_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_unit_event_update BEFORE UPDATE ON public.unit_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER price_is_the_sum BEFORE INSERT ON public.sale_terms FOR EACH ROW EXECUTE FUNCTION rule_price_is_the_sum()
        """,
        """
CREATE TRIGGER receipt_event_insert_receipt_in_use BEFORE INSERT ON public.receipt_event FOR EACH ROW EXECUTE FUNCTION receipt_event_insert_receipt_in_use()
        """,
        """
CREATE TRIGGER receipt_event_insert_receipt_reversed BEFORE INSERT ON public.receipt_event FOR EACH ROW EXECUTE FUNCTION receipt_event_insert_receipt_reversed()
        """,
        """
CREATE TRIGGER receipt_move_insert_receipt_in_use BEFORE INSERT ON public.receipt_move FOR EACH ROW EXECUTE FUNCTION receipt_move_insert_receipt_in_use()
        """,
        """
CREATE TRIGGER receivable_delete_receivable_fixed BEFORE DELETE ON public.receivable FOR EACH ROW EXECUTE FUNCTION receivable_delete_receivable_fixed()
        """,
        """
CREATE TRIGGER receivable_insert_receivable_unsealed BEFORE INSERT ON public.receivable FOR EACH ROW EXECUTE FUNCTION receivable_insert_receivable_unsealed()
        """,
        """
CREATE TRIGGER receivable_schedule_insert_schedule_sum BEFORE INSERT ON public.receivable_schedule FOR EACH ROW EXECUTE FUNCTION receivable_schedule_insert_schedule_sum()
        """,
        """
CREATE TRIGGER receivable_update_receivable_allocated BEFORE UPDATE ON public.receivable FOR EACH ROW EXECUTE FUNCTION receivable_update_receivable_allocated()
        """,
        """
CREATE TRIGGER receivable_update_receivable_fixed BEFORE UPDATE ON public.receivable FOR EACH ROW EXECUTE FUNCTION receivable_update_receivable_fixed()
        """,
        """
CREATE TRIGGER receivable_update_receivable_unsealed BEFORE UPDATE ON public.receivable FOR EACH ROW EXECUTE FUNCTION receivable_update_receivable_unsealed()
        """,
        """
CREATE TRIGGER refund_event_insert_refund_closed BEFORE INSERT ON public.refund_event FOR EACH ROW EXECUTE FUNCTION refund_event_insert_refund_closed()
        """,
        """
CREATE TRIGGER refund_insert_refund_above_receipt BEFORE INSERT ON public.refund FOR EACH ROW EXECUTE FUNCTION refund_insert_refund_above_receipt()
        """,
        """
CREATE TRIGGER refund_insert_refund_unconfirmed BEFORE INSERT ON public.refund FOR EACH ROW EXECUTE FUNCTION refund_insert_refund_unconfirmed()
        """,
        """
CREATE TRIGGER unit_freed_last BEFORE UPDATE ON public.unit FOR EACH ROW EXECUTE FUNCTION rule_unit_freed_last()
        """,
        """
CREATE TRIGGER unit_is_open_for_sale BEFORE INSERT ON public.sale FOR EACH ROW EXECUTE FUNCTION rule_unit_is_open_for_sale()
        """,
    ],
}


def upgrade() -> None:
    """Apply."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        info={"append_only": True},
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_actor_id_at", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_audit_subject_subject_id_at", ["subject", "subject_id", "at"], unique=False)

    op.create_table(
        "document_blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_blob")),
        info={"append_only": True},
    )
    op.create_table(
        "engine_message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("correlation", sa.String(length=500), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_to", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_message")),
    )
    with op.batch_alter_table("engine_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_engine_message_match",
            ["name", "correlation"],
            unique=False,
            sqlite_where=sa.text("delivered_at IS NULL"),
            postgresql_where=sa.text("delivered_at IS NULL"),
        )

    op.create_table(
        "engine_resource",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_resource")),
    )
    with op.batch_alter_table("engine_resource", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engine_resource_sha256"), ["sha256"], unique=False)

    op.create_table(
        "message_template",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint(
            "code",
            "channel",
            "language",
            "version",
            name=op.f("uq_message_template_code_channel_language_version"),
        ),
    )
    op.create_table(
        "number_range",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last > 0", name=op.f("ck_number_range_last_is_positive")),
        sa.PrimaryKeyConstraint("kind", "path", "year", name=op.f("pk_number_range")),
    )
    op.create_table(
        "org_node",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('group', 'company', 'region', 'city', 'project', 'phase')", name=op.f("ck_org_node_kind")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["org_node.id"], name=op.f("fk_org_node_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_node")),
        sa.UniqueConstraint("path", name=op.f("uq_org_node_path")),
    )
    with op.batch_alter_table("org_node", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_org_node_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "sale_terms",
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("floor_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("deal_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("effective_discount_bp", sa.Integer(), nullable=False),
        sa.Column("effective_discount", sa.String(length=60), nullable=False),
        sa.Column("below_floor", sa.Boolean(), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "list_price_fen > 0 AND deal_price_fen > 0", name=op.f("ck_sale_terms_prices_are_positive")
        ),
        sa.PrimaryKeyConstraint("sale_id", "version", name=op.f("pk_sale_terms")),
        info={"append_only": True},
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_in_epoch", sa.Integer(), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "webapp_form_sent",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_webapp_form_sent")),
    )
    with op.batch_alter_table("webapp_form_sent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webapp_form_sent_at"), ["at"], unique=False)

    op.create_table(
        "webapp_request_sent",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_webapp_request_sent")),
    )
    with op.batch_alter_table("webapp_request_sent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webapp_request_sent_at"), ["at"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_api_token_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("template_version", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document_blob.sha256"], name=op.f("fk_document_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        info={"append_only": True},
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_path"), ["path"], unique=False)
        batch_op.create_index("ix_document_subject_subject_id", ["subject", "subject_id"], unique=False)
        batch_op.create_index(
            "uq_document_kind_number",
            ["kind", "number"],
            unique=True,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )

    op.create_table(
        "engine_definition",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("labels", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("resource_id", sa.String(length=36), nullable=False),
        sa.Column("start_form", sa.String(length=255), nullable=True),
        sa.Column("start_permission", sa.String(length=255), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["engine_resource.id"], name=op.f("fk_engine_definition_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_definition")),
        sa.UniqueConstraint("kind", "key", "version", name=op.f("uq_engine_definition_kind_key_version")),
    )
    with op.batch_alter_table("engine_definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engine_definition_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("recipient_kind", sa.String(length=10), nullable=False),
        sa.Column("recipient_id", sa.String(length=36), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("template_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('mail', 'sms', 'in_app')", name=op.f("ck_message_channel")),
        sa.CheckConstraint("recipient_kind IN ('customer', 'staff')", name=op.f("ck_message_recipient_kind")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'cancelled')", name=op.f("ck_message_state")),
        sa.ForeignKeyConstraint(["template_id"], ["message_template.id"], name=op.f("fk_message_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_recipient_id_created_at", ["recipient_id", "created_at"], unique=False)

    op.create_table(
        "parameter",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("node_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["org_node.id"], name=op.f("fk_parameter_node_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter")),
        sa.UniqueConstraint("node_id", "name", "sequence", name=op.f("uq_parameter_node_id_name_sequence")),
        info={"append_only": True},
    )
    op.create_table(
        "project",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("developer", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["org_node.id"], name=op.f("fk_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
        sa.UniqueConstraint("path", name=op.f("uq_project_path")),
    )
    op.create_table(
        "staff_role",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("node_id", sa.String(length=36), nullable=True),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["org_node.id"], name=op.f("fk_staff_role_node_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role")),
    )
    with op.batch_alter_table("staff_role", schema=None) as batch_op:
        batch_op.create_index("ix_staff_role_role_path", ["role", "path"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_role_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "building",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_building_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_building_project_id_code")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id_type", sa.String(length=20), nullable=True),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_index", sa.String(length=64), nullable=True),
        sa.Column("id_tail_index", sa.String(length=64), nullable=True),
        sa.Column("birth_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("birth_index", sa.String(length=64), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_person", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("consents", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=36), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'firm')", name=op.f("ck_customer_kind")),
        sa.CheckConstraint(
            "(id_sealed IS NULL) = (id_index IS NULL)", name=op.f("ck_customer_id_and_index_together")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_customer_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_birth_index"), ["birth_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_id_tail_index"), ["id_tail_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            "uq_customer_id_index",
            ["id_index"],
            unique=True,
            sqlite_where=sa.text("id_index IS NOT NULL"),
            postgresql_where=sa.text("id_index IS NOT NULL"),
        )

    op.create_table(
        "discount_offer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("of", sa.String(length=8), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("stacks", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'rate' AND basis_points > 0 AND basis_points < 10000 AND amount_fen IS NULL) OR (kind = 'amount' AND amount_fen > 0 AND basis_points IS NULL)",
            name=op.f("ck_discount_offer_rate_or_amount"),
        ),
        sa.CheckConstraint(
            "kind IN ('rate', 'amount') AND of IN ('running', 'list')", name=op.f("ck_discount_offer_kind")
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_by IS NOT NULL", name=op.f("ck_discount_offer_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'approved', 'rejected', 'ended')", name=op.f("ck_discount_offer_state")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_discount_offer_second_person")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_discount_offer_validity")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_discount_offer_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_offer")),
        sa.UniqueConstraint(
            "project_id", "code", "version", name=op.f("uq_discount_offer_project_id_code_version")
        ),
    )
    with op.batch_alter_table("discount_offer", schema=None) as batch_op:
        batch_op.create_index(
            "uq_discount_offer_approved",
            ["project_id", "code"],
            unique=True,
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        )

    op.create_table(
        "document_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "kind IN ('issued', 'printed', 'reprinted', 'voided')", name=op.f("ck_document_event_kind")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_event_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_event")),
        info={"append_only": True},
    )
    with op.batch_alter_table("document_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_event_document_id"), ["document_id"], unique=False)

    op.create_table(
        "engine_instance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("definition_id", sa.String(length=36), nullable=False),
        sa.Column("definition_key", sa.String(length=255), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("business_key", sa.String(length=255), nullable=True),
        sa.Column(
            "path",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("variables", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("tokens_format", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=36), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["engine_definition.id"], name=op.f("fk_engine_instance_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_instance")),
    )
    with op.batch_alter_table("engine_instance", schema=None) as batch_op:
        batch_op.create_index("ix_engine_instance_business_key", ["business_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_engine_instance_definition_id"), ["definition_id"], unique=False)
        batch_op.create_index("ix_engine_instance_path", ["path"], unique=False)
        batch_op.create_index("ix_engine_instance_state_key", ["state", "definition_key"], unique=False)
        batch_op.create_index(
            "uq_engine_instance_live_business_key",
            ["definition_key", "business_key"],
            unique=True,
            sqlite_where=sa.text("state IN ('active', 'suspended')"),
            postgresql_where=sa.text("state IN ('active', 'suspended')"),
        )

    op.create_table(
        "import_batch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("refused", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_import_batch_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        info={"append_only": True},
    )
    op.create_table(
        "journal_transaction",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_journal_transaction_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_transaction")),
        info={"append_only": True},
    )
    with op.batch_alter_table("journal_transaction", schema=None) as batch_op:
        batch_op.create_index("ix_journal_transaction_path_booked_on", ["path", "booked_on"], unique=False)
        batch_op.create_index("ix_journal_transaction_subject_subject_id", ["subject", "subject_id"], unique=False)

    op.create_table(
        "message_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_event_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_event")),
        info={"append_only": True},
    )
    with op.batch_alter_table("message_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_event_message_id"), ["message_id"], unique=False)

    op.create_table(
        "payment_plan_template",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lump",
                "instalments",
                "loan",
                "fund",
                "combined",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("labels", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'draft' OR approved_by IS NOT NULL", name=op.f("ck_payment_plan_template_approved")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'retired')", name=op.f("ck_payment_plan_template_state")
        ),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_payment_plan_template_four_eyes")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_payment_plan_template_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_plan_template")),
        sa.UniqueConstraint(
            "project_id", "code", "version", name=op.f("uq_payment_plan_template_project_id_code_version")
        ),
    )
    with op.batch_alter_table("payment_plan_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_plan_template_path"), ["path"], unique=False)

    op.create_table(
        "presale_permit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("no", sa.String(length=100), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_presale_permit_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presale_permit")),
        sa.UniqueConstraint("project_id", "no", name=op.f("uq_presale_permit_project_id_no")),
    )
    with op.batch_alter_table("presale_permit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presale_permit_project_id"), ["project_id"], unique=False)

    op.create_table(
        "price_version",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=36), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'in_force', 'superseded', 'rejected')",
            name=op.f("ck_price_version_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'in_force', 'superseded') OR approved_by IS NOT NULL OR released_by IS NOT NULL",
            name=op.f("ck_price_version_approved_before_use"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_price_version_second_person")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_price_version_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_version")),
        sa.UniqueConstraint("project_id", "no", name=op.f("uq_price_version_project_id_no")),
    )
    op.create_table(
        "queue_batch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("order_rule", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("draw_seed", sa.String(length=80), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("order_rule IN ('sequence', 'draw')", name=op.f("ck_queue_batch_order_rule")),
        sa.CheckConstraint("state IN ('open', 'calling', 'closed')", name=op.f("ck_queue_batch_state")),
        sa.CheckConstraint("fee_fen >= 0", name=op.f("ck_queue_batch_fee_is_not_negative")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_queue_batch_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_batch")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_queue_batch_project_id_code")),
    )
    with op.batch_alter_table("queue_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queue_batch_path"), ["path"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=True),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.CheckConstraint(
            "channel IN ('visit', 'phone', 'message', 'mail', 'web', 'event', 'other')",
            name=op.f("ck_contact_channel"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_contact_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        info={"append_only": True},
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_customer_id_at", ["customer_id", "at"], unique=False)

    op.create_table(
        "customer_key",
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_key_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_key")),
    )
    op.create_table(
        "customer_kind",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('prospect', 'visitor', 'subscriber', 'owner', 'member')", name=op.f("ck_customer_kind_kind")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_kind_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_customer_kind_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_kind")),
    )
    with op.batch_alter_table("customer_kind", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_kind_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_customer_kind_open",
            ["customer_id", "kind", sa.literal_column("coalesce(project_id, '')")],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "customer_name_term",
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column(
            "term",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_name_term_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "term", name=op.f("pk_customer_name_term")),
    )
    with op.batch_alter_table("customer_name_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_name_term_term"), ["term"], unique=False)

    op.create_table(
        "customer_phone",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("index", sa.String(length=64), nullable=False),
        sa.Column("tail_index", sa.String(length=64), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_phone_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_phone")),
        sa.UniqueConstraint("customer_id", "index", name=op.f("uq_customer_phone_customer_id_index")),
    )
    with op.batch_alter_table("customer_phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_phone_index"), ["index"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_phone_tail_index"), ["tail_index"], unique=False)
        batch_op.create_index(
            "uq_customer_phone_main",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("main"),
            postgresql_where=sa.text("main"),
        )

    op.create_table(
        "customer_project",
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_project_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_customer_project_project_id")),
        sa.PrimaryKeyConstraint("customer_id", "project_id", name=op.f("pk_customer_project")),
    )
    with op.batch_alter_table("customer_project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_project_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_project_path"), ["path"], unique=False)

    op.create_table(
        "customer_revision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_revision_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_revision")),
        sa.UniqueConstraint("customer_id", "sequence", name=op.f("uq_customer_revision_customer_id_sequence")),
        info={"append_only": True},
    )
    op.create_table(
        "engine_comment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["engine_instance.id"], name=op.f("fk_engine_comment_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_comment")),
        info={"append_only": True},
    )
    with op.batch_alter_table("engine_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engine_comment_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engine_comment_task_id"), ["task_id"], unique=False)

    op.create_table(
        "engine_decision_log",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("decision_key", sa.String(length=255), nullable=False),
        sa.Column("decision_version", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("outputs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fired", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["engine_instance.id"], name=op.f("fk_engine_decision_log_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_decision_log")),
        info={"append_only": True},
    )
    with op.batch_alter_table("engine_decision_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engine_decision_log_instance_id"), ["instance_id"], unique=False)

    op.create_table(
        "engine_history",
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("element_name", sa.String(length=255), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["engine_instance.id"], name=op.f("fk_engine_history_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "seq", name=op.f("pk_engine_history")),
        info={"append_only": True},
    )
    with op.batch_alter_table("engine_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engine_history_task_id"), ["task_id"], unique=False)

    op.create_table(
        "engine_incident",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("definition_key", sa.String(length=255), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("element_name", sa.String(length=255), nullable=False),
        sa.Column("error_type", sa.String(length=255), nullable=False),
        sa.Column("message_code", sa.String(length=255), nullable=False),
        sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("command", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column(
            "path",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["engine_instance.id"], name=op.f("fk_engine_incident_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_incident")),
    )
    with op.batch_alter_table("engine_incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engine_incident_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engine_incident_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engine_incident_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_engine_incident_task_id"), ["task_id"], unique=False)

    op.create_table(
        "engine_job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("lock_owner", sa.String(length=80), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("last_error", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["engine_instance.id"], name=op.f("fk_engine_job_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_job")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_engine_job_idempotency_key")),
    )
    with op.batch_alter_table("engine_job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_engine_job_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(batch_op.f("ix_engine_job_instance_id"), ["instance_id"], unique=False)

    op.create_table(
        "engine_subscription",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("correlation", sa.String(length=500), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("definition_id", sa.String(length=36), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["engine_definition.id"], name=op.f("fk_engine_subscription_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["engine_instance.id"], name=op.f("fk_engine_subscription_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_subscription")),
    )
    with op.batch_alter_table("engine_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engine_subscription_definition_id"), ["definition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engine_subscription_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_engine_subscription_match", ["kind", "name", "correlation"], unique=False)

    op.create_table(
        "engine_task",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("definition_key", sa.String(length=255), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("name_labels", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("assignee", sa.String(length=36), nullable=True),
        sa.Column("owner", sa.String(length=36), nullable=True),
        sa.Column("delegation", sa.String(length=12), nullable=True),
        sa.Column("candidates", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("excluded", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("far_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "path",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("form_key", sa.String(length=255), nullable=True),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("draft", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("business_key", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.String(length=36), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("troubled", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["engine_instance.id"], name=op.f("fk_engine_task_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_task")),
    )
    with op.batch_alter_table("engine_task", schema=None) as batch_op:
        batch_op.create_index("ix_engine_task_assignee_state", ["assignee", "state", "far_due"], unique=False)
        batch_op.create_index("ix_engine_task_business_key", ["business_key"], unique=False)
        batch_op.create_index("ix_engine_task_completed_by", ["completed_by", "completed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_engine_task_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_engine_task_path_state", ["path", "state"], unique=False)
        batch_op.create_index("ix_engine_task_state_far_due", ["state", "far_due"], unique=False)

    op.create_table(
        "payment_plan_line",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("template_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "deposit",
                "down_payment",
                "instalment",
                "loan",
                "fund",
                "area",
                "deed_tax",
                "maintenance_fund",
                "registration_fee",
                "late_interest",
                "fee",
                "earnest",
                "forfeit",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "share_kind",
            sa.Enum(
                "basis_points",
                "fixed",
                "remainder",
                name="share_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("share_value", sa.BigInteger(), nullable=False),
        sa.Column("inclusive", sa.Boolean(), nullable=False),
        sa.Column("cap_fen", sa.BigInteger(), nullable=True),
        sa.Column(
            "trigger_kind",
            sa.Enum(
                "after_signing",
                "on_date",
                "milestone",
                name="trigger_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("milestone", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["template_id"], ["payment_plan_template.id"], name=op.f("fk_payment_plan_line_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_plan_line")),
        sa.UniqueConstraint("template_id", "position", name=op.f("uq_payment_plan_line_template_id_position")),
    )
    op.create_table(
        "queue_number",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("intended_unit_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'converted') = (sale_id IS NOT NULL)", name=op.f("ck_queue_number_converted_to_a_sale")
        ),
        sa.CheckConstraint(
            "state IN ('registered', 'paid', 'called', 'converted', 'passed', 'refunded', 'void')",
            name=op.f("ck_queue_number_state"),
        ),
        sa.CheckConstraint("fee_fen >= 0", name=op.f("ck_queue_number_fee_is_not_negative")),
        sa.ForeignKeyConstraint(["batch_id"], ["queue_batch.id"], name=op.f("fk_queue_number_batch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_queue_number_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_number")),
        sa.UniqueConstraint("batch_id", "rank", name=op.f("uq_queue_number_batch_id_rank")),
        sa.UniqueConstraint("batch_id", "seq", name=op.f("uq_queue_number_batch_id_seq")),
        sa.UniqueConstraint("key", name=op.f("uq_queue_number_key")),
    )
    with op.batch_alter_table("queue_number", schema=None) as batch_op:
        batch_op.create_index("ix_queue_number_batch_id_state_rank", ["batch_id", "state", "rank"], unique=False)
        batch_op.create_index(batch_op.f("ix_queue_number_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("building_id", sa.String(length=36), nullable=False),
        sa.Column("unit_no", sa.String(length=40), nullable=False),
        sa.Column("entrance", sa.String(length=20), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("layout", sa.String(length=60), nullable=False),
        sa.Column("orientation", sa.String(length=40), nullable=False),
        sa.Column("building_area_hundredths", sa.Integer(), nullable=False),
        sa.Column("inside_area_hundredths", sa.Integer(), nullable=True),
        sa.Column("pricing_basis", sa.String(length=20), nullable=False),
        sa.Column("permit_id", sa.String(length=36), nullable=True),
        sa.Column("price_version_id", sa.String(length=36), nullable=True),
        sa.Column("mortgaged", sa.Boolean(), nullable=False),
        sa.Column("seized", sa.Boolean(), nullable=False),
        sa.Column("not_for_sale", sa.Boolean(), nullable=False),
        sa.Column("withheld_reason", sa.String(length=200), nullable=True),
        sa.Column("listed_reason", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("taken_by", sa.String(length=36), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'available') = (sale_id IS NULL)", name=op.f("ck_unit_taken_by_a_sale")),
        sa.CheckConstraint("held_until IS NULL OR status = 'held'", name=op.f("ck_unit_held_until_of_a_hold")),
        sa.CheckConstraint(
            "pricing_basis IN ('building_area', 'inside_area', 'unit')", name=op.f("ck_unit_pricing_basis")
        ),
        sa.CheckConstraint(
            "status = 'available' OR withheld_reason IS NULL", name=op.f("ck_unit_withheld_is_not_taken")
        ),
        sa.CheckConstraint(
            "status IN ('available', 'held', 'small_ordered', 'subscribed', 'contracted', 'delivered')",
            name=op.f("ck_unit_status"),
        ),
        sa.CheckConstraint("building_area_hundredths > 0", name=op.f("ck_unit_area_is_positive")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_unit_building_id")),
        sa.ForeignKeyConstraint(["permit_id"], ["presale_permit.id"], name=op.f("fk_unit_permit_id")),
        sa.ForeignKeyConstraint(["price_version_id"], ["price_version.id"], name=op.f("fk_unit_price_version_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_unit_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("building_id", "unit_no", name=op.f("uq_unit_building_id_unit_no")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_path"), ["path"], unique=False)
        batch_op.create_index("ix_unit_project_id_changed_at", ["project_id", "changed_at"], unique=False)

    op.create_table(
        "engine_task_candidate",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=60), nullable=True),
        sa.Column(
            "path",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["engine_task.id"], name=op.f("fk_engine_task_candidate_task_id")),
        sa.PrimaryKeyConstraint("task_id", "position", name=op.f("pk_engine_task_candidate")),
    )
    with op.batch_alter_table("engine_task_candidate", schema=None) as batch_op:
        batch_op.create_index("ix_engine_task_candidate_role_path", ["role", "path"], unique=False)
        batch_op.create_index("ix_engine_task_candidate_user", ["user_id"], unique=False)

    op.create_table(
        "engine_task_fact",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=250), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["engine_task.id"], name=op.f("fk_engine_task_fact_task_id")),
        sa.PrimaryKeyConstraint("task_id", "name", name=op.f("pk_engine_task_fact")),
    )
    with op.batch_alter_table("engine_task_fact", schema=None) as batch_op:
        batch_op.create_index("ix_engine_task_fact_name_date", ["name", "date"], unique=False)
        batch_op.create_index("ix_engine_task_fact_name_number", ["name", "number"], unique=False)
        batch_op.create_index("ix_engine_task_fact_name_text", ["name", "text"], unique=False)

    op.create_table(
        "sale",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("no", sa.String(length=60), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("entry", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=14), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("floor_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("price_version_id", sa.String(length=36), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=True),
        sa.Column("deal_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("effective_discount_bp", sa.Integer(), nullable=True),
        sa.Column("below_floor", sa.Boolean(), nullable=False),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.String(length=36), nullable=True),
        sa.Column("queue_number_id", sa.String(length=36), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_kind", sa.String(length=20), nullable=True),
        sa.Column("close_reason", sa.String(length=200), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_sale_closed_when")),
        sa.CheckConstraint("(state = 'closed') = (stage = 'closed')", name=op.f("ck_sale_closed_stage")),
        sa.CheckConstraint("entry IN ('walk_in', 'hold', 'small_order', 'queue')", name=op.f("ck_sale_entry")),
        sa.CheckConstraint(
            "stage IN ('held', 'small_ordered', 'subscribing', 'subscribed', 'signed', 'filed', 'closed')",
            name=op.f("ck_sale_stage"),
        ),
        sa.CheckConstraint(
            "stage NOT IN ('subscribed', 'signed', 'filed') OR NOT below_floor OR (approved_version IS NOT NULL AND approved_version = terms_version)",
            name=op.f("ck_sale_below_floor_only_approved"),
        ),
        sa.CheckConstraint(
            "stage NOT IN ('subscribed', 'signed', 'filed') OR terms_version IS NOT NULL",
            name=op.f("ck_sale_sold_on_sealed_terms"),
        ),
        sa.CheckConstraint("state IN ('live', 'closed')", name=op.f("ck_sale_state")),
        sa.CheckConstraint(
            "(deal_price_fen IS NULL) = (terms_version IS NULL)", name=op.f("ck_sale_price_by_terms")
        ),
        sa.CheckConstraint(
            "deal_price_fen IS NULL OR deal_price_fen > 0", name=op.f("ck_sale_deal_price_is_positive")
        ),
        sa.CheckConstraint("list_price_fen > 0", name=op.f("ck_sale_list_price_is_positive")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_sale_customer_id")),
        sa.ForeignKeyConstraint(
            ["id", "terms_version"], ["sale_terms.sale_id", "sale_terms.version"], name="fk_sale_terms_in_force"
        ),
        sa.ForeignKeyConstraint(["price_version_id"], ["price_version.id"], name=op.f("fk_sale_price_version_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sale_project_id")),
        sa.ForeignKeyConstraint(["queue_number_id"], ["queue_number.id"], name=op.f("fk_sale_queue_number_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_sale_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
        sa.UniqueConstraint("no", name=op.f("uq_sale_no")),
    )
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_path"), ["path"], unique=False)
        batch_op.create_index("ix_sale_project_id_stage", ["project_id", "stage"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_sale_live_unit",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )

    op.create_table(
        "unit_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=True),
        sa.Column("after", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('created', 'status', 'withheld', 'flag', 'price', 'permit', 'data')",
            name=op.f("ck_unit_event_kind"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_event_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_event")),
        info={"append_only": True},
    )
    with op.batch_alter_table("unit_event", schema=None) as batch_op:
        batch_op.create_index("ix_unit_event_unit_id_at", ["unit_id", "at"], unique=False)

    op.create_table(
        "unit_price",
        sa.Column("version_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("list_unit_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("floor_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "floor_price_fen IS NULL OR floor_price_fen > 0", name=op.f("ck_unit_price_floor_price_is_positive")
        ),
        sa.CheckConstraint(
            "list_price_fen > 0 AND list_unit_price_fen >= 0", name=op.f("ck_unit_price_list_price_is_positive")
        ),
        sa.CheckConstraint(
            "until IS NULL OR (since IS NOT NULL AND until >= since)", name=op.f("ck_unit_price_period")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_price_unit_id")),
        sa.ForeignKeyConstraint(["version_id"], ["price_version.id"], name=op.f("fk_unit_price_version_id")),
        sa.PrimaryKeyConstraint("version_id", "unit_id", name=op.f("pk_unit_price")),
    )
    with op.batch_alter_table("unit_price", schema=None) as batch_op:
        batch_op.create_index("ix_unit_price_unit_id_since", ["unit_id", "since"], unique=False)
        batch_op.create_index(
            "uq_unit_price_in_force",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("since IS NOT NULL AND until IS NULL"),
            postgresql_where=sa.text("since IS NOT NULL AND until IS NULL"),
        )

    op.create_table(
        "contract",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("no", sa.String(length=60), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("building_area_hundredths", sa.Integer(), nullable=False),
        sa.Column("inside_area_hundredths", sa.Integer(), nullable=True),
        sa.Column("pricing_basis", sa.String(length=20), nullable=False),
        sa.Column("late_rate", sa.String(length=60), nullable=False),
        sa.Column("clauses", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "state IN ('signed', 'filed', 'rescinding', 'rescinded')", name=op.f("ck_contract_state")
        ),
        sa.CheckConstraint("total_fen > 0", name=op.f("ck_contract_total_is_positive")),
        sa.ForeignKeyConstraint(
            ["sale_id", "terms_version"],
            ["sale_terms.sale_id", "sale_terms.version"],
            name=op.f("fk_contract_sale_id_terms_version"),
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_contract_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("no", name=op.f("uq_contract_no")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_contract_sale_id")),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("requested_by", sa.String(length=36), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'expired', 'released', 'converted')", name=op.f("ck_hold_state")),
        sa.CheckConstraint("approved_by <> requested_by", name=op.f("ck_hold_second_person")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_hold_customer_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_hold_sale_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hold_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_hold_sale_id")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_state_expires_at", ["state", "expires_at"], unique=False)
        batch_op.create_index(
            "uq_hold_active_unit",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "receivable_schedule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_receivable_schedule_sale_id")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["payment_plan_template.id"], name=op.f("fk_receivable_schedule_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivable_schedule")),
        sa.UniqueConstraint("sale_id", "number", name=op.f("uq_receivable_schedule_sale_id_number")),
        info={"append_only": True},
    )
    op.create_table(
        "sale_approval",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("approvers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sale_id", "version"],
            ["sale_terms.sale_id", "sale_terms.version"],
            name=op.f("fk_sale_approval_sale_id_version"),
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_approval_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_approval")),
        info={"append_only": True},
    )
    with op.batch_alter_table("sale_approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_approval_sale_id"), ["sale_id"], unique=False)

    op.create_table(
        "sale_buyer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("ownership", sa.String(length=6), nullable=False),
        sa.Column("share_numerator", sa.Integer(), nullable=True),
        sa.Column("share_denominator", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(ownership = 'shares') = (share_numerator IS NOT NULL) AND (share_numerator IS NULL) = (share_denominator IS NULL)",
            name=op.f("ck_sale_buyer_shares_where_expected"),
        ),
        sa.CheckConstraint("ownership IN ('sole', 'shares', 'joint')", name=op.f("ck_sale_buyer_ownership")),
        sa.CheckConstraint(
            "share_numerator IS NULL OR (share_numerator > 0 AND share_numerator <= share_denominator)",
            name=op.f("ck_sale_buyer_share_is_a_part"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_sale_buyer_customer_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_buyer_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_buyer")),
        sa.UniqueConstraint(
            "sale_id", "version", "customer_id", name=op.f("uq_sale_buyer_sale_id_version_customer_id")
        ),
        sa.UniqueConstraint("sale_id", "version", "position", name=op.f("uq_sale_buyer_sale_id_version_position")),
        info={"append_only": True},
    )
    with op.batch_alter_table("sale_buyer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_buyer_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "sale_discount",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("of", sa.String(length=8), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("taken_off_fen", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "(kind = 'rate' AND basis_points > 0 AND basis_points < 10000 AND amount_fen IS NULL) OR (kind = 'amount' AND amount_fen > 0 AND basis_points IS NULL)",
            name=op.f("ck_sale_discount_rate_or_amount"),
        ),
        sa.CheckConstraint(
            "kind IN ('rate', 'amount') AND of IN ('running', 'list')", name=op.f("ck_sale_discount_kind")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["discount_offer.id"], name=op.f("fk_sale_discount_offer_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_discount_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_discount")),
        sa.UniqueConstraint(
            "sale_id", "version", "position", name=op.f("uq_sale_discount_sale_id_version_position")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "sale_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_event_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_event")),
        sa.UniqueConstraint("key", "kind", name=op.f("uq_sale_event_key_kind")),
        info={"append_only": True},
    )
    with op.batch_alter_table("sale_event", schema=None) as batch_op:
        batch_op.create_index("ix_sale_event_sale_id_at", ["sale_id", "at"], unique=False)

    op.create_table(
        "small_order",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("refund_rule", sa.String(length=20), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "refund_rule IN ('refundable', 'until_expiry', 'not_refundable')",
            name=op.f("ck_small_order_refund_rule"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'paid', 'converted', 'refunded', 'lapsed', 'void')",
            name=op.f("ck_small_order_state"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_small_order_amount_is_positive")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_small_order_customer_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_small_order_sale_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_small_order_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_small_order")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_small_order_sale_id")),
    )
    with op.batch_alter_table("small_order", schema=None) as batch_op:
        batch_op.create_index("ix_small_order_state_expires_at", ["state", "expires_at"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("no", sa.String(length=60), nullable=True),
        sa.Column("subscribed_on", sa.Date(), nullable=False),
        sa.Column("deposit_fen", sa.BigInteger(), nullable=False),
        sa.Column("sign_by", sa.Date(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'approving', 'active', 'contracted', 'cancelled', 'lapsed', 'defaulted')",
            name=op.f("ck_subscription_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'contracted') OR (no IS NOT NULL AND activated_at IS NOT NULL)",
            name=op.f("ck_subscription_active_with_number"),
        ),
        sa.CheckConstraint("deposit_fen > 0", name=op.f("ck_subscription_deposit_is_positive")),
        sa.CheckConstraint("sign_by >= subscribed_on", name=op.f("ck_subscription_sign_by_follows")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_subscription_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("no", name=op.f("uq_subscription_no")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_subscription_sale_id")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index("ix_subscription_state_sign_by", ["state", "sign_by"], unique=False)

    op.create_table(
        "filing",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("no", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("returned_reason", sa.String(length=500), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state <> 'accepted' OR (accepted_on IS NOT NULL AND no IS NOT NULL)",
            name=op.f("ck_filing_accepted_with_number"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR returned_reason IS NOT NULL", name=op.f("ck_filing_returned_why")
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_on IS NOT NULL", name=op.f("ck_filing_submitted_when")
        ),
        sa.CheckConstraint(
            "state IN ('to_file', 'submitted', 'returned', 'accepted', 'cancelling', 'cancelled')",
            name=op.f("ck_filing_state"),
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_filing_contract_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_filing_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_filing_contract_id")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_filing_sale_id")),
    )
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.create_index("ix_filing_state_deadline", ["state", "deadline"], unique=False)

    op.create_table(
        "receivable",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("customer_id", sa.String(length=36), nullable=True),
        sa.Column("origin", sa.String(length=80), nullable=True),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "deposit",
                "down_payment",
                "instalment",
                "loan",
                "fund",
                "area",
                "deed_tax",
                "maintenance_fund",
                "registration_fee",
                "late_interest",
                "fee",
                "earnest",
                "forfeit",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "class",
            sa.Enum(
                "price",
                "collected",
                "separate",
                name="class",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "debtor",
            sa.Enum(
                "buyer", "bank", "fund_centre", name="debtor", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "trigger_kind",
            sa.Enum(
                "after_signing",
                "on_date",
                "milestone",
                name="trigger_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("milestone", sa.String(length=40), nullable=True),
        sa.Column("milestone_days", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "superseded",
                "written_off",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("raised_in", sa.String(length=36), nullable=True),
        sa.Column("superseded_in", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "sale_id IS NOT NULL OR class = 'separate'", name=op.f("ck_receivable_price_needs_sale")
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_receivable_amount")),
        sa.CheckConstraint("sale_id IS NOT NULL OR customer_id IS NOT NULL", name=op.f("ck_receivable_party")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_receivable_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_receivable_project_id")),
        sa.ForeignKeyConstraint(
            ["raised_in"],
            ["receivable_schedule.id"],
            name=op.f("fk_receivable_raised_in"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_receivable_sale_id")),
        sa.ForeignKeyConstraint(
            ["superseded_in"],
            ["receivable_schedule.id"],
            name=op.f("fk_receivable_superseded_in"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivable")),
        sa.UniqueConstraint("key", name=op.f("uq_receivable_key")),
    )
    with op.batch_alter_table("receivable", schema=None) as batch_op:
        batch_op.create_index("ix_receivable_customer_id", ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receivable_path"), ["path"], unique=False)
        batch_op.create_index("ix_receivable_path_state_due_on", ["path", "state", "due_on"], unique=False)
        batch_op.create_index("ix_receivable_sale_id_sequence", ["sale_id", "sequence"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("transaction_id", sa.String(length=36), nullable=False),
        sa.Column(
            "account",
            sa.Enum(
                "supervised",
                "agency",
                "general",
                "credit",
                "contract",
                "for_others",
                "earnest",
                "late_interest",
                "fees",
                "forfeited",
                name="account",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("customer_id", sa.String(length=36), nullable=True),
        sa.Column("receivable_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_journal_entry_amount")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_journal_entry_customer_id")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_journal_entry_receivable_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_journal_entry_sale_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["journal_transaction.id"],
            name=op.f("fk_journal_entry_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        info={"append_only": True},
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_receivable_id"), ["receivable_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entry_sale_id"), ["sale_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entry_transaction_id"), ["transaction_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("customer_id", sa.String(length=36), nullable=True),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "cash",
                "transfer",
                "pos",
                "bank_loan",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payer", sa.String(length=200), nullable=False),
        sa.Column(
            "payer_role",
            sa.Enum(
                "buyer",
                "bank",
                "fund_centre",
                name="payer_role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "account",
            sa.Enum(
                "supervised",
                "agency",
                "general",
                "credit",
                "contract",
                "for_others",
                "earnest",
                "late_interest",
                "fees",
                "forfeited",
                name="account",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("receivable_id", sa.String(length=36), nullable=True),
        sa.Column("todo_id", sa.String(length=36), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_by", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "account IN ('supervised', 'agency', 'general')", name=op.f("ck_receipt_money_account")
        ),
        sa.CheckConstraint("amount_fen > 0 AND amount_fen <= 1000000000000", name=op.f("ck_receipt_amount")),
        sa.CheckConstraint("sale_id IS NOT NULL OR customer_id IS NOT NULL", name=op.f("ck_receipt_party")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_receipt_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_receipt_project_id")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_receipt_receivable_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_receipt_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("key", name=op.f("uq_receipt_key")),
        info={"append_only": True},
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_receipt_path_paid_on", ["path", "paid_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_sale_id"), ["sale_id"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("receipt_id", sa.String(length=36), nullable=False),
        sa.Column("receivable_id", sa.String(length=36), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_allocation_amount")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_allocation_receipt_id")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_allocation_receivable_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        info={"append_only": True},
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_receivable_id"), ["receivable_id"], unique=False)

    op.create_table(
        "receipt_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("receipt_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "captured",
                "confirmed",
                "reversed",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_event_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_event")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_event_number")),
        sa.UniqueConstraint("receipt_id", "kind", name=op.f("uq_receipt_event_receipt_id_kind")),
        info={"append_only": True},
    )
    op.create_table(
        "receipt_move",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("receipt_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_move_receipt_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_receipt_move_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_move")),
        sa.UniqueConstraint("receipt_id", "number", name=op.f("uq_receipt_move_receipt_id_number")),
        info={"append_only": True},
    )
    with op.batch_alter_table("receipt_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_move_sale_id"), ["sale_id"], unique=False)

    op.create_table(
        "refund",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("receipt_id", sa.String(length=36), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("customer_id", sa.String(length=36), nullable=True),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column(
            "payee_role",
            sa.Enum(
                "buyer",
                "bank",
                "fund_centre",
                name="payee_role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "account",
            sa.Enum(
                "supervised",
                "agency",
                "general",
                "credit",
                "contract",
                "for_others",
                "earnest",
                "late_interest",
                "fees",
                "forfeited",
                name="account",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(length=36), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_refund_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_refund_project_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_refund_receipt_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_refund_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("key", name=op.f("uq_refund_key")),
        info={"append_only": True},
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_sale_id"), ["sale_id"], unique=False)

    op.create_table(
        "money_todo",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "collect",
                "confirm",
                "refund",
                "transfer",
                "issue_paper",
                "verify",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open", "done", "cancelled", name="state", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=True),
        sa.Column("customer_id", sa.String(length=36), nullable=True),
        sa.Column("receivable_id", sa.String(length=36), nullable=True),
        sa.Column("receipt_id", sa.String(length=36), nullable=True),
        sa.Column("refund_id", sa.String(length=36), nullable=True),
        sa.Column(
            "debtor",
            sa.Enum(
                "buyer", "bank", "fund_centre", name="debtor", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=80), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_money_todo_amount")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_money_todo_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_money_todo_project_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_money_todo_receipt_id")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_money_todo_receivable_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_money_todo_refund_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_money_todo_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_todo")),
        sa.UniqueConstraint("key", name=op.f("uq_money_todo_key")),
    )
    with op.batch_alter_table("money_todo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_money_todo_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            "ix_money_todo_open_due_on",
            ["due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_money_todo_path_state_due_on", ["path", "state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_money_todo_receivable_id"), ["receivable_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_money_todo_sale_id"), ["sale_id"], unique=False)

    op.create_table(
        "refund_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("refund_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "requested", "paid", "cancelled", name="kind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_event_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_event")),
        sa.UniqueConstraint("refund_id", "kind", name=op.f("uq_refund_event_refund_id_kind")),
        info={"append_only": True},
    )
    # ### end Alembic commands ###
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_table("refund_event")
    with op.batch_alter_table("money_todo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_money_todo_sale_id"))
        batch_op.drop_index(batch_op.f("ix_money_todo_receivable_id"))
        batch_op.drop_index("ix_money_todo_path_state_due_on")
        batch_op.drop_index(
            "ix_money_todo_open_due_on",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_money_todo_instance_id"))

    op.drop_table("money_todo")
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_sale_id"))
        batch_op.drop_index(batch_op.f("ix_refund_receipt_id"))

    op.drop_table("refund")
    with op.batch_alter_table("receipt_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_move_sale_id"))

    op.drop_table("receipt_move")
    op.drop_table("receipt_event")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_receivable_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_receipt_id"))

    op.drop_table("allocation")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_sale_id"))
        batch_op.drop_index("ix_receipt_path_paid_on")
        batch_op.drop_index(batch_op.f("ix_receipt_customer_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_entry_transaction_id"))
        batch_op.drop_index(batch_op.f("ix_journal_entry_sale_id"))
        batch_op.drop_index(batch_op.f("ix_journal_entry_receivable_id"))

    op.drop_table("journal_entry")
    with op.batch_alter_table("receivable", schema=None) as batch_op:
        batch_op.drop_index("ix_receivable_sale_id_sequence")
        batch_op.drop_index("ix_receivable_path_state_due_on")
        batch_op.drop_index(batch_op.f("ix_receivable_path"))
        batch_op.drop_index("ix_receivable_customer_id")

    op.drop_table("receivable")
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.drop_index("ix_filing_state_deadline")

    op.drop_table("filing")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_subscription_state_sign_by")

    op.drop_table("subscription")
    with op.batch_alter_table("small_order", schema=None) as batch_op:
        batch_op.drop_index("ix_small_order_state_expires_at")

    op.drop_table("small_order")
    with op.batch_alter_table("sale_event", schema=None) as batch_op:
        batch_op.drop_index("ix_sale_event_sale_id_at")

    op.drop_table("sale_event")
    op.drop_table("sale_discount")
    with op.batch_alter_table("sale_buyer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sale_buyer_customer_id"))

    op.drop_table("sale_buyer")
    with op.batch_alter_table("sale_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sale_approval_sale_id"))

    op.drop_table("sale_approval")
    op.drop_table("receivable_schedule")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hold_active_unit",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )
        batch_op.drop_index("ix_hold_state_expires_at")

    op.drop_table("hold")
    op.drop_table("contract")
    with op.batch_alter_table("unit_price", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_unit_price_in_force",
            sqlite_where=sa.text("since IS NOT NULL AND until IS NULL"),
            postgresql_where=sa.text("since IS NOT NULL AND until IS NULL"),
        )
        batch_op.drop_index("ix_unit_price_unit_id_since")

    op.drop_table("unit_price")
    with op.batch_alter_table("unit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_event_unit_id_at")

    op.drop_table("unit_event")
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sale_live_unit", sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'")
        )
        batch_op.drop_index(batch_op.f("ix_sale_unit_id"))
        batch_op.drop_index("ix_sale_project_id_stage")
        batch_op.drop_index(batch_op.f("ix_sale_path"))
        batch_op.drop_index(batch_op.f("ix_sale_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sale_instance_id"))
        batch_op.drop_index(batch_op.f("ix_sale_customer_id"))

    op.drop_table("sale")
    with op.batch_alter_table("engine_task_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_engine_task_fact_name_text")
        batch_op.drop_index("ix_engine_task_fact_name_number")
        batch_op.drop_index("ix_engine_task_fact_name_date")

    op.drop_table("engine_task_fact")
    with op.batch_alter_table("engine_task_candidate", schema=None) as batch_op:
        batch_op.drop_index("ix_engine_task_candidate_user")
        batch_op.drop_index("ix_engine_task_candidate_role_path")

    op.drop_table("engine_task_candidate")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_project_id_changed_at")
        batch_op.drop_index(batch_op.f("ix_unit_path"))

    op.drop_table("unit")
    with op.batch_alter_table("queue_number", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queue_number_customer_id"))
        batch_op.drop_index("ix_queue_number_batch_id_state_rank")

    op.drop_table("queue_number")
    op.drop_table("payment_plan_line")
    with op.batch_alter_table("engine_task", schema=None) as batch_op:
        batch_op.drop_index("ix_engine_task_state_far_due")
        batch_op.drop_index("ix_engine_task_path_state")
        batch_op.drop_index(batch_op.f("ix_engine_task_instance_id"))
        batch_op.drop_index("ix_engine_task_completed_by")
        batch_op.drop_index("ix_engine_task_business_key")
        batch_op.drop_index("ix_engine_task_assignee_state")

    op.drop_table("engine_task")
    with op.batch_alter_table("engine_subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_engine_subscription_match")
        batch_op.drop_index(batch_op.f("ix_engine_subscription_instance_id"))
        batch_op.drop_index(batch_op.f("ix_engine_subscription_definition_id"))

    op.drop_table("engine_subscription")
    with op.batch_alter_table("engine_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engine_job_instance_id"))
        batch_op.drop_index(
            "ix_engine_job_due",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.drop_table("engine_job")
    with op.batch_alter_table("engine_incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engine_incident_task_id"))
        batch_op.drop_index(batch_op.f("ix_engine_incident_state"))
        batch_op.drop_index(batch_op.f("ix_engine_incident_job_id"))
        batch_op.drop_index(batch_op.f("ix_engine_incident_instance_id"))

    op.drop_table("engine_incident")
    with op.batch_alter_table("engine_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engine_history_task_id"))

    op.drop_table("engine_history")
    with op.batch_alter_table("engine_decision_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engine_decision_log_instance_id"))

    op.drop_table("engine_decision_log")
    with op.batch_alter_table("engine_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engine_comment_task_id"))
        batch_op.drop_index(batch_op.f("ix_engine_comment_instance_id"))

    op.drop_table("engine_comment")
    op.drop_table("customer_revision")
    with op.batch_alter_table("customer_project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_project_path"))
        batch_op.drop_index(batch_op.f("ix_customer_project_owner_id"))

    op.drop_table("customer_project")
    with op.batch_alter_table("customer_phone", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customer_phone_main", sqlite_where=sa.text("main"), postgresql_where=sa.text("main")
        )
        batch_op.drop_index(batch_op.f("ix_customer_phone_tail_index"))
        batch_op.drop_index(batch_op.f("ix_customer_phone_index"))

    op.drop_table("customer_phone")
    with op.batch_alter_table("customer_name_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_name_term_term"))

    op.drop_table("customer_name_term")
    with op.batch_alter_table("customer_kind", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customer_kind_open",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_customer_kind_customer_id"))

    op.drop_table("customer_kind")
    op.drop_table("customer_key")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_customer_id_at")

    op.drop_table("contact")
    with op.batch_alter_table("queue_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queue_batch_path"))

    op.drop_table("queue_batch")
    op.drop_table("price_version")
    with op.batch_alter_table("presale_permit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presale_permit_project_id"))

    op.drop_table("presale_permit")
    with op.batch_alter_table("payment_plan_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_plan_template_path"))

    op.drop_table("payment_plan_template")
    with op.batch_alter_table("message_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_event_message_id"))

    op.drop_table("message_event")
    with op.batch_alter_table("journal_transaction", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_transaction_subject_subject_id")
        batch_op.drop_index("ix_journal_transaction_path_booked_on")

    op.drop_table("journal_transaction")
    op.drop_table("import_batch")
    with op.batch_alter_table("engine_instance", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_engine_instance_live_business_key",
            sqlite_where=sa.text("state IN ('active', 'suspended')"),
            postgresql_where=sa.text("state IN ('active', 'suspended')"),
        )
        batch_op.drop_index("ix_engine_instance_state_key")
        batch_op.drop_index("ix_engine_instance_path")
        batch_op.drop_index(batch_op.f("ix_engine_instance_definition_id"))
        batch_op.drop_index("ix_engine_instance_business_key")

    op.drop_table("engine_instance")
    with op.batch_alter_table("document_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_event_document_id"))

    op.drop_table("document_event")
    with op.batch_alter_table("discount_offer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_discount_offer_approved",
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        )

    op.drop_table("discount_offer")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customer_id_index",
            sqlite_where=sa.text("id_index IS NOT NULL"),
            postgresql_where=sa.text("id_index IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_customer_owner_id"))
        batch_op.drop_index(batch_op.f("ix_customer_name"))
        batch_op.drop_index(batch_op.f("ix_customer_id_tail_index"))
        batch_op.drop_index(batch_op.f("ix_customer_birth_index"))

    op.drop_table("customer")
    op.drop_table("building")
    with op.batch_alter_table("staff_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_role_staff_id"))
        batch_op.drop_index("ix_staff_role_role_path")

    op.drop_table("staff_role")
    op.drop_table("project")
    op.drop_table("parameter")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_recipient_id_created_at")

    op.drop_table("message")
    with op.batch_alter_table("engine_definition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engine_definition_resource_id"))

    op.drop_table("engine_definition")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_document_kind_number",
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.drop_index("ix_document_subject_subject_id")
        batch_op.drop_index(batch_op.f("ix_document_path"))

    op.drop_table("document")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_staff_id"))

    op.drop_table("api_token")
    with op.batch_alter_table("webapp_request_sent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webapp_request_sent_at"))

    op.drop_table("webapp_request_sent")
    with op.batch_alter_table("webapp_form_sent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webapp_form_sent_at"))

    op.drop_table("webapp_form_sent")
    op.drop_table("staff")
    op.drop_table("sale_terms")
    with op.batch_alter_table("org_node", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_org_node_parent_id"))

    op.drop_table("org_node")
    op.drop_table("number_range")
    op.drop_table("message_template")
    with op.batch_alter_table("engine_resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engine_resource_sha256"))

    op.drop_table("engine_resource")
    with op.batch_alter_table("engine_message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_engine_message_match",
            sqlite_where=sa.text("delivered_at IS NULL"),
            postgresql_where=sa.text("delivered_at IS NULL"),
        )

    op.drop_table("engine_message")
    op.drop_table("document_blob")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject_subject_id_at")
        batch_op.drop_index("ix_audit_actor_id_at")

    op.drop_table("audit")
    # ### end Alembic commands ###
