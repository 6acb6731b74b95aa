"""The names of the roles (DOMAIN §9)."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "role.sales_consultant": N_("Sales consultant"),
    "role.sales_manager": N_("Sales manager"),
    "role.project_gm": N_("Project general manager"),
    "role.city_marketing": N_("City marketing director"),
    "role.city_finance": N_("City finance director"),
    "role.city_gm": N_("City general manager"),
    "role.group_pricing": N_("Group pricing"),
    "role.legal": N_("Legal counsel"),
    "role.finance_clerk": N_("Finance clerk"),
    "role.finance_manager": N_("Finance manager"),
    "role.filing_clerk": N_("Filing clerk"),
    "role.business_analyst": N_("Business analyst"),
    "role.administrator": N_("Administrator"),
    "role.service_agent": N_("Service agent"),
    "role.mortgage_clerk": N_("Mortgage clerk"),
}
