"""Whoever comes from a narrowed list of to-dos is offered the next of that list, on a phone as at a desk."""

import re
from html import unescape

from tests.stories.company import Company
from tests.webapp.finance.test_taking_money import FORM, GOOD
from tests.webapp.house import Browser


def sell(company: Company, number: int, buyer: str) -> None:
    """A sale whose deposit is to be collected."""
    customer = company.customers[buyer]
    case = company.start(entry="walk_in", unit_id=company.units[number], customer_id=customer)
    case.enter_terms(buyers=[{"customer_id": customer}])


def rows(page: str) -> list[str]:
    """Where the rows of a list lead."""
    return [unescape(address) for address in re.findall(r'<tr[^>]* data-href="([^"]+)"', page)]


def take_first(clerk: Browser, listed: str) -> str:
    """Take the money of the first to-do of a list, as its own page asks for it; what is shown then."""
    form = clerk.get(rows(clerk.get(listed).text)[0]).location
    page = clerk.get(form).text
    key = re.search(r'name="once" value="([^"]+)"', page)
    todo = re.search(r'name="todo" value="([^"]+)"', page)
    sent = unescape(re.search(r'<form method="post" action="([^"]+)" class="kt-panel"', page)[1])
    assert sent.partition("?")[0] == FORM
    answer = clerk.post(sent, {**GOOD, "todo": todo[1], "once": key[1]}, page=form)
    assert answer.status_code == 302
    return clerk.get(answer.location).text


def test_the_next_to_do_is_of_the_narrowed_list(clerk: Browser, company: Company) -> None:
    for number, buyer in enumerate(("lin", "zhou", "zhou")):
        sell(company, number, buyer)
    first, second = rows(clerk.get("/finance/?q=Zhou").text)
    assert "list=" in first and len(rows(clerk.get("/finance/").text)) == 3
    done = take_first(clerk, "/finance/?q=Zhou")
    offered = unescape(re.search(r'href="([^"]+)" data-key="n"', done)[1])
    assert offered == second
    assert 'href="/finance/?q=Zhou"' in done


def test_without_narrowing_the_most_pressing_is_next(clerk: Browser, company: Company) -> None:
    for number, buyer in enumerate(("lin", "zhou")):
        sell(company, number, buyer)
    first, second = rows(clerk.get("/finance/").text)
    assert "list=" not in first
    assert f'href="{second}" data-key="n"' in take_first(clerk, "/finance/")
