"""One mail over SMTP, and what became of it: sent, later, failed, or unknown. Keeps nothing and tries nothing twice.

Unknown is the honest word once the text was on its way and no answer came: the server may have taken it.
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Literal

WORDS_LENGTH = 240
LINE_START_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class Letter:
    """What is mailed. `message_id` is ours and stays the same however often it is tried."""

    name: str
    address: str
    subject: str
    text: str
    html: str
    message_id: str


@dataclass(frozen=True)
class Delivery:
    """What became of one try; `is_server` when the trouble is the server's and would meet every other mail too."""

    outcome: Literal["sent", "later", "failed", "unknown"]
    words: str = ""
    is_server: bool = False


@dataclass(frozen=True)
class Transport:
    """The office's mail server. `security` is none, starttls or tls; `password_file` holds the password alone."""

    host: str
    port: int
    security: str
    user: str
    password_file: str
    sender: str
    timeout_seconds: float = 20.0
    deadline_seconds: float = 90.0

    def send(self, letter: Letter) -> Delivery:
        """Try once, for at most `deadline_seconds`."""
        try:
            content = _message(letter, self._sender()).as_bytes()
        except (MessageError, ValueError) as error:
            return Delivery("failed", f"The mail could not be written: {_plain(error)}.")
        try:
            client = self._connect()
        except _Refused as refused:
            return refused.delivery
        watch = threading.Timer(self.deadline_seconds, _cut, [client])
        watch.daemon = True
        watch.start()
        try:
            return self._deliver(client, letter.address, content)
        finally:
            watch.cancel()
            client.close()

    def _sender(self) -> str:
        return self.sender or (self.user if "@" in self.user else f"supply@{self.host}")

    def _connect(self) -> smtplib.SMTP:
        """A connection after its greeting. Raises _Refused."""
        context = ssl.create_default_context()
        try:
            if self.security == "tls":
                return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_seconds, context=context)
            return smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)
        except ssl.SSLCertVerificationError as error:
            raise _Refused("failed", f"The certificate of {self._named} is not trusted: {_plain(error)}.") from error
        except smtplib.SMTPResponseException as error:
            raise _Refused(_by_code(error.smtp_code), f"{self._named} said: {_reply(error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise _Refused("later", f"{self._named} does not answer: {_plain(error)}.") from error

    @property
    def _named(self) -> str:
        return f"The mail server {self.host}:{self.port}"

    def _deliver(self, client: smtplib.SMTP, address: str, content: bytes) -> Delivery:
        try:
            self._enter(client)
            _expect(client.mail(parseaddr(self._sender())[1]), is_server=True)
            _expect(client.rcpt(address), is_server=False)
            _expect(client.docmd("DATA"), is_server=False, wanted=3)
        except _Refused as refused:
            return refused.delivery
        except (OSError, smtplib.SMTPException) as error:
            return Delivery("later", f"{self._named} broke off: {_plain(error)}.", is_server=True)
        try:  # from here on the server may have it
            client.send(LINE_START_DOT.sub(b"..", content) + b".\r\n")  # EmailMessage ends with a line's end
            _expect(client.getreply(), is_server=False)
        except _Refused as refused:
            return refused.delivery
        except (OSError, smtplib.SMTPException) as error:
            return Delivery("unknown", f"{self._named} gave no answer after the text was sent: {_plain(error)}.")
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client.quit()
        return Delivery("sent")

    def _enter(self, client: smtplib.SMTP) -> None:
        """Encrypt and sign in, as set. Raises _Refused; never goes on in clear where encryption was asked for."""
        try:
            client.ehlo_or_helo_if_needed()
            if self.security == "starttls":
                client.starttls(context=ssl.create_default_context())
                client.ehlo()
            if self.user:
                client.login(self.user, Path(self.password_file).read_text("utf-8").strip())
        except smtplib.SMTPNotSupportedError as error:
            raise _Refused("failed", f"{self._named} does not offer what is set: {_plain(error)}") from error
        except ssl.SSLCertVerificationError as error:
            raise _Refused("failed", f"The certificate of {self._named} is not trusted: {_plain(error)}.") from error
        except smtplib.SMTPResponseException as error:
            raise _Refused(_by_code(error.smtp_code), f"{self._named} said: {_reply(error)}") from error
        except (FileNotFoundError, PermissionError, IsADirectoryError, UnicodeDecodeError) as error:
            raise _Refused("failed", f"The file with the mail password cannot be read: {_plain(error)}.") from error


class _Refused(Exception):
    def __init__(self, outcome: Literal["later", "failed"], words: str, *, is_server: bool = True) -> None:
        super().__init__(words)
        self.delivery = Delivery(outcome, words[:WORDS_LENGTH], is_server)


def _expect(reply: tuple[int, bytes], *, is_server: bool, wanted: int = 2) -> None:
    code, said = reply
    if code // 100 == wanted:
        return
    if code == -1:  # smtplib's word for an answer that is none
        raise smtplib.SMTPServerDisconnected("no answer")
    raise _Refused(_by_code(code), f"The mail server said: {code} {_printable(said)}", is_server=is_server)


def _by_code(code: int) -> Literal["later", "failed"]:
    """4xx may pass, 5xx will not (RFC 5321, 4.2.1)."""
    return "failed" if 500 <= code < 600 else "later"


def _message(letter: Letter, sender: str) -> EmailMessage:
    """The mail with both parts. Nothing that a person typed can end a header: control characters are taken out."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((one_line(name), address))
    message["To"] = formataddr((one_line(letter.name), letter.address))
    message["Subject"] = one_line(letter.subject)
    message["Message-ID"] = f"<{letter.message_id}@{address.rpartition('@')[2] or 'supply.invalid'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message


def one_line(text: str) -> str:
    """Text as a header may hold it: one line, printable.

    >>> one_line("Ann\\r\\nBcc: all@example.org")
    'Ann Bcc: all@example.org'
    """
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _printable(said: bytes) -> str:
    return one_line(said.decode("ascii", "replace"))


def _reply(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return f"{error.smtp_code} {_printable(said) if isinstance(said, bytes) else one_line(str(said))}"


def _plain(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    return one_line(str(getattr(error, "strerror", None) or error)).rstrip(".")[:WORDS_LENGTH] or type(error).__name__


def _cut(client: smtplib.SMTP) -> None:
    """End a connection whose time is up, whatever it waits for."""
    if client.sock is not None:
        with contextlib.suppress(OSError):
            client.sock.shutdown(socket.SHUT_RDWR)
