"""A mail server on a socket of this machine, which keeps what it took and fails in the ways that mail servers fail."""

import base64
import contextlib
import email
import email.policy
import socket
import ssl
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path


@dataclass
class Faults:
    """What is wrong with the server just now. `replies` gives an answer to a command or to a recipient."""

    hangs_after: str | None = None  # "greeting", "text": the command after which it says nothing any more
    drops_after: str | None = None  # "greeting", "DATA", "text"
    replies: dict[str, str] = field(default_factory=dict)


@dataclass
class MailServer:
    """Runs from `with` to `with`; `down()` and `up()` keep the port."""

    certificate: Path | None = None
    is_tls: bool = False
    user: str = ""
    password: str = ""
    faults: Faults = field(default_factory=Faults)
    accepted: list[tuple[str, EmailMessage]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> "MailServer":
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> None:
        """Listen, on the same port as before."""
        self._ending = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(self._listening,), daemon=True)
        self._thread.start()

    def down(self) -> None:
        """Refuse connections."""
        self._ending.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=5)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails that this address got."""
        return [message for to, message in self.accepted if to == address]

    def _serve(self, listening: socket.socket) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            with contextlib.suppress(OSError, _Over):
                connection.settimeout(10)
                if self.is_tls:
                    connection = self._encrypted(connection)
                _Talk(self, connection).hold()
            connection.close()

    def _encrypted(self, connection: socket.socket) -> ssl.SSLSocket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert self.certificate is not None
        context.load_cert_chain(self.certificate)
        return context.wrap_socket(connection, server_side=True)


class _Over(Exception):
    """The conversation is at its end."""


class _Talk:
    """One conversation."""

    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        self.lines = connection.makefile("rb")
        self.is_encrypted = server.is_tls
        self.is_known = not server.user
        self.recipient = ""

    def hold(self) -> None:
        self.say("220 mail.example.org ready")
        self.fault("greeting")
        while line := self.lines.readline(2000):
            said = line.decode("ascii", "replace").strip()
            verb, _, rest = said.partition(" ")
            self.server.commands.append(f"{verb.upper()} {rest}")
            answer = getattr(self, f"on_{verb.lower()}", None)
            if reply := self.server.faults.replies.get(verb.upper()):
                self.say(reply)
            elif answer is None:
                self.say("502 not here")
            else:
                answer(rest)
                self.fault(verb.upper())

    def fault(self, after: str) -> None:
        if self.server.faults.drops_after == after:
            raise _Over
        if self.server.faults.hangs_after == after:
            while self.connection.recv(1000):  # silent until the other side gives up
                pass
            raise _Over

    def say(self, text: str) -> None:
        self.connection.sendall(text.encode() + b"\r\n")

    def on_ehlo(self, _: str) -> None:
        extra = [] if self.is_encrypted or self.server.certificate is None else ["STARTTLS"]
        extra += ["AUTH PLAIN"] * bool(self.server.user)
        offers = ["mail.example.org", *extra, "SIZE 10000000"]
        for offer in offers[:-1]:
            self.say(f"250-{offer}")
        self.say(f"250 {offers[-1]}")

    def on_starttls(self, _: str) -> None:
        self.say("220 go on")
        self.connection = self.server._encrypted(self.connection)
        self.lines = self.connection.makefile("rb")
        self.is_encrypted = True

    def on_auth(self, rest: str) -> None:
        given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
        self.is_known = given == [self.server.user, self.server.password]
        self.say("235 welcome" if self.is_known else "535 5.7.8 wrong user or password")

    def on_mail(self, _: str) -> None:
        self.say("250 ok" if self.is_known else "530 sign in first")

    def on_rcpt(self, rest: str) -> None:
        self.recipient = rest.partition("<")[2].partition(">")[0]
        self.say(self.server.faults.replies.get(self.recipient, "250 ok"))

    def on_data(self, _: str) -> None:
        self.say("354 go on")
        self.fault("DATA")
        content = bytearray()
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise _Over
            content += line[1:] if line.startswith(b".") else line
        message = email.message_from_bytes(bytes(content), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        refusal = self.server.faults.replies.get("text")
        if refusal is None:
            self.server.accepted.append((self.recipient, message))
        self.fault("text")
        self.say(refusal or "250 taken")

    def on_quit(self, _: str) -> None:
        self.say("221 bye")
        raise _Over

    def on_rset(self, _: str) -> None:
        self.say("250 ok")
