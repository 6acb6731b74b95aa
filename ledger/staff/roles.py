"""The roles (岗位) of a developer's sales organisation and what each may do (DOMAIN §9).

Nobody both sells and takes money; who approves a price does not propose it; the administrator sets the house up
but neither sells, nor takes money, nor reads customers' numbers. A person who does two jobs holds two roles.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kernel.actor import Grant
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class Role:
    """A role: its names in English and Chinese, its permissions, and those limited to the holder's own records."""

    code: str
    name: str
    name_zh: str
    permissions: frozenset[Permission]
    own: frozenset[Permission] = field(default=frozenset())

    def grants(self, path: str) -> list[Grant]:
        """The role held at a node: one grant for all records, one for the holder's own where there is such."""
        grants = [Grant(self.code, path, frozenset(self.permissions))]
        if self.own:
            grants.append(Grant(self.code, path, frozenset(self.own), own_only=True))
        return grants


_EVERYBODY = frozenset(
    {Permission.AD_HOC_TASK_START, Permission.API_USE, Permission.DOCUMENTS_UPLOAD, Permission.UNITS_VIEW}
)
_SEES_SALES = _EVERYBODY | {
    Permission.CHANGES_VIEW,
    Permission.CUSTOMERS_VIEW,
    Permission.DOCUMENTS_VIEW,
    Permission.FINANCE_VIEW,
    Permission.SALES_VIEW,
}
_APPROVES_PRICES = _SEES_SALES | {Permission.PRICES_APPROVE, Permission.UNITS_VIEW_FLOOR_PRICE}
_SELLS = frozenset(
    {
        Permission.BOOKING_TO_CONTRACT_START,
        Permission.CHANGES_APPLY,
        Permission.DOCUMENTS_ISSUE,
        Permission.PORTAL_SEND,
        Permission.SALES_CANCEL,
        Permission.SALES_HOLD,
        Permission.SALES_QUEUE,
        Permission.SALES_SIGN,
        Permission.SALES_SMALL_ORDER,
        Permission.SALES_SUBSCRIBE,
    }
)
_CUSTOMERS = frozenset({Permission.CUSTOMERS_EDIT, Permission.CUSTOMERS_REVEAL, Permission.CUSTOMERS_VIEW})

_ALL = (
    # Meets customers and sells to those that are his own; sees every unit, never the floor price.
    Role(
        "sales_consultant",
        "Sales consultant",
        "置业顾问",
        _EVERYBODY
        | {
            Permission.BOOKING_TO_CONTRACT_START,
            Permission.CHANGES_APPLY,
            Permission.DOCUMENTS_ISSUE,
            Permission.SALES_QUEUE,
        },
        own=_CUSTOMERS
        | (
            _SELLS
            - {
                Permission.BOOKING_TO_CONTRACT_START,
                Permission.CHANGES_APPLY,
                Permission.DOCUMENTS_ISSUE,
                Permission.SALES_QUEUE,
            }
        )
        | {Permission.CHANGES_VIEW, Permission.DOCUMENTS_VIEW, Permission.FINANCE_VIEW, Permission.SALES_VIEW},
    ),
    # Runs the sales floor of a project: every customer and sale of it, first approver of discounts and holds.
    # Draws whose turn it is to choose a home, since each consultant wants his own customers to come first.
    Role(
        "sales_manager",
        "Sales manager",
        "销售经理",
        _SEES_SALES
        | _SELLS
        | _CUSTOMERS
        | {
            Permission.CHANGES_EXPORT,
            Permission.CHANGES_EXECUTE,
            Permission.CUSTOMERS_REVIEW,
            Permission.HANDOVER_VIEW,
            Permission.INTEREST_WAIVER_START,
            Permission.MORTGAGES_WORK,
            Permission.MORTGAGE_START,
            Permission.PRICES_PROPOSE,
            Permission.PROGRESS_EXPORT,
            Permission.SALES_RUN_QUEUE,
            Permission.STAFF_VIEW,
            Permission.SURVEYS_RELEASE,
            Permission.TASKS_OVERSEE,
            Permission.UNITS_IMPORT,
            Permission.UNITS_VIEW_FLOOR_PRICE,
            Permission.UNITS_WITHHOLD,
        },
    ),
    # Answers for a project: approves its prices, withholds units, may hold and cancel.
    Role(
        "project_gm",
        "Project general manager",
        "项目总",
        _APPROVES_PRICES
        | {
            Permission.CHANGES_EXPORT,
            Permission.AUDIT_VIEW,
            Permission.CUSTOMERS_REVEAL,
            Permission.CUSTOMERS_REVIEW,
            Permission.FINANCE_EXPORT,
            Permission.HANDOVER_PLAN,
            Permission.HANDOVER_VIEW,
            Permission.ORGANISATION_REVIEW,
            Permission.PROGRESS_EXPORT,
            Permission.SALES_CANCEL,
            Permission.SALES_HOLD,
            Permission.STAFF_VIEW,
            Permission.SURVEYS_RELEASE,
            Permission.TASKS_OVERSEE,
            Permission.UNITS_WITHHOLD,
        },
    ),
    # Plans prices for the projects of a city; others approve them.
    Role(
        "city_marketing",
        "City marketing",
        "城市营销",
        _SEES_SALES
        | {
            Permission.PRICES_PROPOSE,
            Permission.UNITS_IMPORT,
            Permission.UNITS_VIEW_FLOOR_PRICE,
            Permission.UNITS_WITHHOLD,
        },
    ),
    # The second person over a project's books: opens again what the project's manager has closed.
    Role(
        "city_finance",
        "City finance",
        "城市财务",
        _APPROVES_PRICES
        | {
            Permission.ACCOUNTING_CLOSE,
            Permission.ACCOUNTING_EXPORT,
            Permission.ACCOUNTING_LOCK,
            Permission.AUDIT_VIEW,
            Permission.FINANCE_EXPORT,
        },
    ),
    Role(
        "city_gm",
        "City general manager",
        "城市总",
        _APPROVES_PRICES
        | {
            Permission.AUDIT_VIEW,
            Permission.CUSTOMERS_REVIEW,
            Permission.ORGANISATION_REVIEW,
            Permission.PROGRESS_EXPORT,
            Permission.STAFF_VIEW,
            Permission.TASKS_OVERSEE,
        },
    ),
    # Guards the floor price; needs no customer to judge it by.
    Role(
        "group_pricing",
        "Group pricing",
        "集团定价",
        _EVERYBODY
        | {
            Permission.CHANGES_VIEW,
            Permission.FINANCE_VIEW,
            Permission.PRICES_APPROVE,
            Permission.SALES_VIEW,
            Permission.UNITS_VIEW_FLOOR_PRICE,
        },
    ),
    # Judges contracts, their texts and cancellations, so the papers name people in the clear.
    Role(
        "legal",
        "Legal",
        "法务",
        _SEES_SALES | {Permission.CUSTOMERS_REVEAL, Permission.TEMPLATES_RELEASE},
    ),
    # Takes the money and says that it has arrived; asks for refunds and pays those that are approved.
    Role(
        "finance_clerk",
        "Finance clerk",
        "财务出纳",
        _SEES_SALES
        | {
            Permission.CHANGES_EXECUTE,
            Permission.BANKING_IMPORT,
            Permission.BANKING_MATCH,
            Permission.DOCUMENTS_ISSUE,
            Permission.FINANCE_ALLOCATE,
            Permission.FINANCE_CHASE,
            Permission.FINANCE_CONFIRM,
            Permission.FINANCE_EXPORT,
            Permission.FINANCE_PAY,
            Permission.FINANCE_RECEIVE,
            Permission.INTEREST_WAIVER_START,
            Permission.PAPERS_ISSUE,
            Permission.REFUND_START,
        },
    ),
    Role(
        "finance_manager",
        "Finance manager",
        "财务经理",
        _SEES_SALES
        | {
            Permission.CHANGES_EXPORT,
            Permission.CHANGES_EXECUTE,
            Permission.ACCOUNTING_CLOSE,
            Permission.ACCOUNTING_EXPORT,
            Permission.ACCOUNTING_LOCK,
            Permission.AUDIT_VIEW,
            Permission.BANKING_IMPORT,
            Permission.BANKING_MATCH,
            Permission.CUSTOMERS_REVEAL,
            Permission.DOCUMENTS_ISSUE,
            Permission.FINANCE_ALLOCATE,
            Permission.FINANCE_CHASE,
            Permission.FINANCE_CONFIRM,
            Permission.FINANCE_EXPORT,
            Permission.FINANCE_PAY,
            Permission.FINANCE_RAISE,
            Permission.FINANCE_RECEIVE,
            Permission.FINANCE_REFUND,
            Permission.FINANCE_REVERSE,
            Permission.INTEREST_WAIVER_START,
            Permission.PAPERS_ISSUE,
            Permission.PAPERS_MANAGE,
            Permission.REFUND_START,
        },
    ),
    # Deals with the authorities: files contracts, brings surveys in, settles areas, gets certificates. Their forms
    # want names and ID numbers in full.
    Role(
        "filing_clerk",
        "Filing clerk",
        "网签备案专员",
        _SEES_SALES
        | {
            Permission.CHANGES_EXECUTE,
            Permission.AREA_SETTLEMENT_START,
            Permission.CUSTOMERS_REVEAL,
            Permission.DOCUMENTS_ISSUE,
            Permission.SALES_FILE,
            Permission.SURVEYS_IMPORT,
            Permission.SURVEYS_RELEASE,
            Permission.TITLES_WORK,
            Permission.TITLE_START,
        },
    ),
    Role(
        "mortgage_clerk",
        "Mortgage clerk",
        "按揭专员",
        _SEES_SALES
        | {
            Permission.CHANGES_APPLY,
            Permission.CUSTOMERS_REVEAL,
            Permission.DOCUMENTS_ISSUE,
            Permission.MORTGAGES_WORK,
            Permission.MORTGAGE_START,
            Permission.PORTAL_SEND,
        },
    ),
    Role(
        "service_agent",
        "Service agent",
        "客服专员",
        ((_SEES_SALES | _CUSTOMERS) - {Permission.FINANCE_VIEW})
        | {
            Permission.DOCUMENTS_ISSUE,
            Permission.HANDOVER_INSPECT,
            Permission.HANDOVER_PLAN,
            Permission.HANDOVER_VIEW,
            Permission.HANDOVER_WORK,
            Permission.PORTAL_SEND,
        },
    ),
    # Draws the processes and mends their incidents; sees sales but no customer.
    Role(
        "business_analyst",
        "Business analyst",
        "业务分析师",
        _EVERYBODY
        | {
            Permission.CHANGES_VIEW,
            Permission.ENGINE_DEPLOY,
            Permission.ENGINE_OPERATE,
            Permission.ENGINE_VIEW,
            Permission.MESSAGES_MANAGE,
            Permission.MESSAGES_REVIEW,
            Permission.SALES_VIEW,
            Permission.STAFF_VIEW,
            Permission.TASKS_OVERSEE,
        },
    ),
    Role(
        "administrator",
        "Administrator",
        "管理员",
        _SEES_SALES
        | {
            Permission.AUDIT_VIEW,
            Permission.ENGINE_DEPLOY,
            Permission.ENGINE_OPERATE,
            Permission.ENGINE_VIEW,
            Permission.MESSAGES_MANAGE,
            Permission.MESSAGES_REVIEW,
            Permission.MORTGAGES_MANAGE,
            Permission.ORGANISATION_MANAGE,
            Permission.ORGANISATION_REVIEW,
            Permission.PRICES_APPROVE,
            Permission.PRICES_PROPOSE,
            Permission.PRICES_RELEASE,
            Permission.STAFF_MANAGE,
            Permission.STAFF_VIEW,
            Permission.TASKS_OVERSEE,
            Permission.TEMPLATES_MANAGE,
            Permission.TEMPLATES_RELEASE,
            Permission.UNITS_IMPORT,
            Permission.UNITS_VIEW_FLOOR_PRICE,
            Permission.UNITS_WITHHOLD,
        },
    ),
)

ROLES: dict[str, Role] = {role.code: role for role in _ALL}


def role_grants(role: str, path: str) -> list[Grant]:
    """The grants of a role held at a node; a role that is no longer known grants nothing but its name."""
    known = ROLES.get(role)
    return known.grants(path) if known else [Grant(role, path)]
