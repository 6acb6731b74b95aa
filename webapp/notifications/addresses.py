"""The addresses in messages: written when a message is sent, signed or secret where they let somebody act."""

from __future__ import annotations

from collections.abc import Mapping

from itsdangerous import BadSignature, URLSafeSerializer

from kernel.vault import Vault
from ledger.messages.models import Message
from ledger.notices.kinds import KINDS
from webapp.links.tokens import token_of
from webapp.portal.tokens import token_of as portal_token_of

_SALT = "stop notices"
_STOP = {"zh": "不再接收“{kind}”邮件：{link}", "en": "No more mails of the kind “{kind}”: {link}"}


class Addresses:
    """The addresses of a site, which is reached at ``site`` (``https://keyturn.example``)."""

    def __init__(self, site: str, vault: Vault) -> None:
        self._site = site.rstrip("/")
        self._vault = vault

    def of(self, message: Message, *, hand_over: str | None = None) -> Mapping[str, str]:
        """What the marks of a message that end in ``_link`` stand for.

        ``hand_over`` is the id of the one-time link that leads its reader to his hand-over.
        """
        params = message.params
        links = {
            "open_link": self._site + str(params.get("open_path", "/inbox")),
            "inbox_link": f"{self._site}/inbox",
            "settings_link": f"{self._site}/account/notifications",
        }
        if params.get("kind_code"):
            links["unsubscribe_link"] = self._stop(message.recipient_id, str(params["kind_code"]))
        if params.get("kind_codes"):
            links["unsubscribe_link"] = self._stop(message.recipient_id, *params["kind_codes"])
            links["stops_link"] = "\n".join(
                _STOP[message.language].format(
                    kind=KINDS[code].named(message.language), link=self._stop(message.recipient_id, code)
                )
                for code in params["kind_codes"]
            )
        if params.get("task_link_id"):
            links["decide_link"] = f"{self._site}/d/{token_of(self._vault, str(params['task_link_id']))}"
        if hand_over is not None:
            links["move_in_link"] = f"{self._site}/p/{portal_token_of(self._vault, hand_over)}?to=move_in"
        if params.get("portal_link_id"):
            token = portal_token_of(self._vault, str(params["portal_link_id"]))
            links["portal_link"] = f"{self._site}/p/{token}"
        return links

    def _stop(self, staff_id: str, *kinds: str) -> str:
        return f"{self._site}/notifications/stop/{signer(self._vault).dumps([staff_id, *kinds])}"


def signer(vault: Vault) -> URLSafeSerializer:
    """Signs who may stop which kinds of mail."""
    return URLSafeSerializer(vault.signing, salt=_SALT)


def read_stop(vault: Vault, signed: str) -> tuple[str, list[str]] | None:
    """Who wants to stop which kinds, or None for what we did not sign."""
    try:
        staff_id, *kinds = signer(vault).loads(signed)
    except (BadSignature, ValueError, TypeError):
        return None
    known = [kind for kind in kinds if kind in KINDS]
    return (staff_id, known) if known else None
