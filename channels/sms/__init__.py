"""Text messages (短信): over HTTP to a gateway, or laid in a folder where none is set."""

from .folder import SmsFolder
from .http import HttpSms, SmsSettings
from .message import SmsMessage, segments

__all__ = ["HttpSms", "SmsFolder", "SmsMessage", "SmsSettings", "segments"]
