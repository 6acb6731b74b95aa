"""Every act and what they share: importing them fills the menu and puts their views on the inbox's blueprint."""

from webapp.going_back import acts as going_back
from webapp.going_back import requests
from webapp.inbox.acts import (
    add_signers,
    delegate,
    hand_over,
    people,
    send_copy,
    set_candidates,
    set_due,
    set_priority,
    urge,
    vote,
    withdraw_signing,
)

VIEWS = (
    add_signers,
    delegate,
    going_back,
    hand_over,
    people,
    requests,
    set_candidates,
    set_due,
    set_priority,
    vote,
    withdraw_signing,
    send_copy,
    urge,
)
