"""Why a message, a mail, a text message or a paper did not come about, and what may be done."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "message_template_missing": N_(
        "There is no message text “%(template)s” for this channel. Choose one from the list."
    ),
    "message_template_invalid": N_("The message text cannot be used like this. Correct its marks."),
    "template_empty": N_("The message text is empty. Write one; these marks may stand in it: %(marks)s."),
    "template_mark_unknown": N_("Nothing fills these marks: %(unknown)s. Use only these: %(marks)s."),
    "template_too_long": N_("The text has %(length)s characters; at most %(limit)s are possible. Shorten it."),
    "template_unchanged": N_("Nothing would change: the text reads like this already."),
    "message_template_changed": N_(
        "Somebody made version %(version)s of this text at %(at)s. Look at it and change that one."
    ),
    "message_invalid": N_("The message cannot be written. Check its recipient and its values."),
    "message_values_lacking": N_(
        "The message lacks values for: %(marks)s. Give them or take the marks out of its text."
    ),
    "message_not_found": N_("There is no such message, or it lies outside what you may see."),
    "recipient_missing": N_("The recipient of the message does not exist. Choose another one."),
    "delivery.refused": N_("The other side refused the message for good. Correct it and send it again."),
    "delivery.failed": N_("The message was not taken. It is tried again later."),
    "mail.bad_header": N_("The mail address or the subject cannot be used. Correct it."),
    "mail.address_not_supported": N_("The mail server does not take addresses of this form. Use another address."),
    "mail.refused": N_("The mail server refused the mail for good (reply %(reply)s). Check the address."),
    "mail.deferred": N_("The mail server did not take the mail now (reply %(reply)s). It is tried again later."),
    "mail.sign_in_refused": N_(
        "The mail server refused the sign-in (reply %(reply)s). Check user name and password in the settings."
    ),
    "mail.server_lacks_feature": N_(
        "The mail server lacks what the settings ask for. Check KEYTURN_SMTP_SECURITY."
    ),
    "mail.server_refused": N_("The mail server refused to talk (reply %(reply)s). It is tried again later."),
    "mail.not_trusted": N_(
        "The certificate of the mail server is not trusted. Check its address and certificate."
    ),
    "mail.no_connection": N_("The mail server cannot be reached. Check its address; it is tried again later."),
    "sms.bad_answer": N_("The text-message gateway gave an answer that makes no sense. It is tried again later."),
    "sms.not_trusted": N_(
        "The certificate of the text-message gateway is not trusted. Check its address and certificate."
    ),
    "sms.no_connection": N_(
        "The text-message gateway cannot be reached. Check its address; it is tried again later."
    ),
    "sms.refused": N_(
        "The text-message gateway refused the message for good (status %(status)s). Check number and text."
    ),
    "sms.not_taken": N_(
        "The text-message gateway did not take the message now (status %(status)s). It is tried again later."
    ),
    "sms.bad_number": N_("The phone number cannot receive text messages. Correct it."),
    "sms.empty": N_("The text message is empty. Write its text."),
    "sms.too_long": N_("The text message is too long; at most %(limit)s characters fit. Shorten it."),
    "sms.too_many_segments": N_(
        "The text message takes %(segments)s parts; at most %(limit)s are sent. Shorten it."
    ),
    "address_missing": N_("No address is known."),
    "paper.refused": N_("The paper cannot be made from these values."),
    "paper.unknown_template": N_("There is no layout “%(template)s” for papers."),
    "paper.layout_failed": N_("The layout “%(template)s” could not be set (%(reason)s). Tell your administrator."),
    "number_kind_unknown": N_(
        "Papers of the kind “%(kind)s” have no number range. Choose one of these: %(kinds)s."
    ),
    "upload_refused": N_("The file is not taken."),
    "upload_empty": N_("This file holds nothing. Choose another one."),
    "upload_too_large": N_("The file is too large: %(size)s bytes, at most %(limit)s are taken. Make it smaller."),
    "upload_kind_not_taken": N_("Files of this kind are not taken. Bring one of these: %(taken)s."),
    "upload_not_what_it_says": N_(
        "The file calls itself %(says)s but is %(looks)s. Save it under its right kind."
    ),
    "upload_unpacks_too_large": N_("The file unpacks to more than %(limit)s bytes. Make it smaller."),
    "upload_has_macros": N_("The file holds macros, which are not taken. Save it without macros."),
}
