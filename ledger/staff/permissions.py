"""Every permission there is, as ``noun:verb``; operations check them and roles carry them."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What somebody may do, at an organisation node and below. Sorted by value."""

    API_USE = "api:use"
    AUDIT_VIEW = "audit:view"
    BOOKING_TO_CONTRACT_START = "booking_to_contract:start"
    CUSTOMERS_EDIT = "customers:edit"
    CUSTOMERS_REVEAL = "customers:reveal"
    CUSTOMERS_VIEW = "customers:view"
    DOCUMENTS_ISSUE = "documents:issue"
    DOCUMENTS_VIEW = "documents:view"
    ENGINE_DEPLOY = "engine:deploy"
    ENGINE_OPERATE = "engine:operate"
    ENGINE_VIEW = "engine:view"
    FINANCE_ALLOCATE = "finance:allocate"
    FINANCE_CONFIRM = "finance:confirm"
    FINANCE_RECEIVE = "finance:receive"
    FINANCE_REFUND = "finance:refund"
    FINANCE_VIEW = "finance:view"
    MESSAGES_MANAGE = "messages:manage"
    ORGANISATION_MANAGE = "organisation:manage"
    PRICES_APPROVE = "prices:approve"
    PRICES_PROPOSE = "prices:propose"
    SALES_CANCEL = "sales:cancel"
    SALES_FILE = "sales:file"
    SALES_HOLD = "sales:hold"
    SALES_QUEUE = "sales:queue"
    SALES_SIGN = "sales:sign"
    SALES_SMALL_ORDER = "sales:small_order"
    SALES_SUBSCRIBE = "sales:subscribe"
    SALES_VIEW = "sales:view"
    STAFF_MANAGE = "staff:manage"
    STAFF_VIEW = "staff:view"
    UNITS_IMPORT = "units:import"
    UNITS_VIEW = "units:view"
    UNITS_VIEW_FLOOR_PRICE = "units:view_floor_price"
    UNITS_WITHHOLD = "units:withhold"
