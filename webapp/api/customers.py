"""Customers: search, look (always masked), register."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from ledger.customers import queries
from ledger.customers.operations import register_customer
from ledger.customers.rows import CustomerRow
from ledger.customers.search import search
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of

CUSTOMER = answer_of(CustomerRow, name="Customer")


class CustomerQuery(Schema):
    """Part of a name, pinyin, initials, the end of a phone or ID number."""

    q = fields.String(required=True, validate=validate.Length(1, 60))
    size = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class Found(Schema):
    """Customers that fit."""

    rows = fields.List(fields.Nested(CUSTOMER))


class NewCustomer(Schema):
    """A person or firm that a project meets for the first time."""

    project_id = fields.String(required=True)
    name = fields.String(required=True, validate=validate.Length(1, 100))
    kind = fields.String(load_default="person", validate=validate.OneOf(["person", "firm"]))
    phones = fields.List(fields.String(), load_default=list)
    id_type = fields.String(load_default=None, allow_none=True)
    id_no = fields.String(load_default=None, allow_none=True)
    source = fields.String(load_default=None, allow_none=True)
    confirmed = fields.Boolean(load_default=False, metadata={"description": "Register in spite of a likeness"})


@endpoint("GET", "/customers", tag="customers", query=CustomerQuery, returns=Found)
def find_customers(asked: Asked) -> Any:
    """Search customers."""
    return {"rows": search(asked.session, asked.actor, asked.query["q"], asked.query["size"])}


@endpoint("GET", "/customers/{customer_id}", tag="customers", returns=CUSTOMER)
def get_customer(asked: Asked, customer_id: str) -> Any:
    """Show a customer, numbers masked."""
    return queries.get_customer(asked.session, asked.actor, customer_id)


@endpoint("POST", "/customers", tag="customers", body=NewCustomer, returns=CUSTOMER, status=201)
def register(asked: Asked) -> Any:
    """Register a customer; a likeness to a known one is refused unless confirmed."""
    customer = register_customer(asked.session, asked.actor, asked.clock, owner_id=asked.actor.id, **asked.body)
    return queries.get_customer(asked.session, asked.actor, customer.id)
