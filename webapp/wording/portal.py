"""The words of a buyer's page: what to do at each step, how links stand, and why one cannot be used."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "portal_link.open": N_("not opened yet"),
    "portal_link.used": N_("opened"),
    "portal_link.expired": N_("too old"),
    "portal_link.replaced": N_("replaced"),
    "portal_link_unknown": N_("There is no such link. Copy the whole address from your message."),
    "portal_link_used": N_("This link was opened on %(at)s. For your safety each link opens once."),
    "portal_link_expired": N_("This link could be opened until %(at)s."),
    "portal_link_replaced": N_("We have sent you a newer link since. Open the one in your last message."),
    "portal_link_old": N_("Links of this kind open nothing any more. A new one opens your page."),
    "portal_not_a_buyer": N_("This page belongs to the buyers of the home, and you are none of them any more."),
    "portal_visit_over": N_("Your page is closed on this device. A new link opens it again."),
    "portal_no_address": N_("This buyer has neither phone number nor e-mail address. Enter one first."),
    "portal_asked_too_often": N_("We have sent you several links already. Look at your messages, or try later."),
    "portal_paper_missing": N_("There is no such paper for your home."),
    "portal_nothing_to_choose": N_("There is nothing to choose at present."),
    "portal_todo.mortgage.papers": N_("Bring the papers on the bank’s list to our mortgage desk."),
    "portal_todo.mortgage.loan_contract": N_("Come to the bank with your ID card and sign the loan contract."),
    "portal_todo.area_settlement.choice": N_("Tell us how the difference of the area shall be settled."),
    "portal_todo.area_settlement.money": N_("Settle the difference of the area."),
    "portal_todo.title.papers": N_("Bring the papers for your certificate to our service desk."),
    "portal_todo.title.tax_and_fund": N_("Pay the deed tax and the maintenance fund."),
    "portal_todo.title.hand_out": N_("Collect your certificate with your ID card."),
    "portal_todo.move_in.appointment": N_("Choose a day and an hour for taking over your home."),
    "portal_todo.move_in.inspection": N_("Come to the inspection at the hour you have chosen."),
    "portal_todo.move_in.keys": N_("Collect your keys."),
    "audit.portal:send": N_("sent a buyer the link to his page"),
    "audit.portal:ask": N_("asked for a new link to his page"),
    "audit.portal:open": N_("opened his page as a buyer"),
    "audit.portal:leave": N_("closed his page as a buyer"),
    "audit.portal:read_paper": N_("read a paper at his page as a buyer"),
    "audit.progress:begin": N_("began a step that buyers see"),
    "audit.progress:delay": N_("called a step late"),
    "audit.progress:end": N_("ended a step that buyers see"),
    "permission.portal:send": N_("sending buyers the link to their page"),
}
