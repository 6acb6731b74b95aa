"""Mail (邮件): over SMTP, or laid in a folder where no mail server is set."""

from .folder import MailFolder
from .layout import html_of
from .message import Attachment, MailMessage
from .smtp import Security, SmtpMail, SmtpSettings

__all__ = ["Attachment", "MailFolder", "MailMessage", "Security", "SmtpMail", "SmtpSettings", "html_of"]
