"""The agent's one connection to the server: what it asks, and what an answer means.

It checks the server's certificate, follows no redirect, and must never show the token.
"""

import copy
import http.client
import json
import ssl
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from supply.agent.addresses import Address
from supply.errors import Invalid, SupplyError

PREFIX: Final = "/api/v1/station-devices"
TIMEOUT_SECONDS: Final = 10.0
_LARGEST_ANSWER: Final = 1024 * 1024
_AGAIN: Final = frozenset({408, 425, 429})


class Away(SupplyError):
    """The server cannot be reached, or cannot take anything just now: the same request is sent again later."""

    code = "server_away"


class NotAdmitted(SupplyError):
    """The server does not know this agent (any more): nothing is lost, but a person must act."""

    code = "agent_not_admitted"


class Refused(SupplyError):
    """The server will never take this very request."""

    code = "request_refused"


class Server:
    """One keep-alive connection, for one thread."""

    def __init__(
        self,
        address: Address,
        *,
        token: str,
        station: str,
        ca_file: Path | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self.address, self.station = address, station
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._timeout = timeout_seconds
        self._trust = _trust(ca_file) if address.is_secure else None
        self._connection: http.client.HTTPConnection | None = None

    def devices(self) -> list[dict[str, Any]]:
        """The devices that this agent is to open. Raises Away, NotAdmitted, Refused."""
        answer = self._ask("GET", f"{PREFIX}?{urlencode({'station': self.station})}")
        items = answer.get("items")
        if not isinstance(items, list) or not all(isinstance(item, dict) and "name" in item for item in items):
            raise Away(f"{self.address.words} gave an answer that is none of ours.")
        return items

    def send_read(self, key: str, read: dict[str, Any], *, sent_at: str) -> dict[str, Any]:
        """Send one read; the same key gets the same answer. Raises Away, NotAdmitted, Refused."""
        body = {"request_id": key, "raw": read["raw"], "read_at": read["read_at"], "sent_at": sent_at}
        return self._ask("POST", f"{PREFIX}/{quote(read['device'], safe='')}/reads", body)

    def tell(self, name: str, state: str, words: str, last_activity_at: str | None) -> None:
        """Say how a device is. Raises Away, NotAdmitted, Refused."""
        body = {"state": state, "words": words[:300], "last_activity_at": last_activity_at}
        self._ask("POST", f"{PREFIX}/{quote(name, safe='')}/state", body)

    def labels(self, name: str) -> dict[str, Any]:
        """What waits at a printer: `first` and `waiting`. Raises Away, NotAdmitted, Refused."""
        answer = self._ask("GET", f"{PREFIX}/{quote(name, safe='')}/labels")
        if not isinstance(answer.get("waiting"), int) or not isinstance(answer.get("first"), int | None):
            raise Away(f"{self.address.words} gave an answer that is none of ours.")
        return answer

    def take_label(self, name: str, lease: str) -> dict[str, Any] | None:
        """The next label of a printer under that lease; None for none. Raises Away, NotAdmitted, Refused."""
        answer = self._ask("POST", f"{PREFIX}/{quote(name, safe='')}/labels/next", {"lease": lease})
        label, counts = answer.get("label"), ("job", "copies", "copies_printed")
        if label is None and "label" in answer:
            return None
        if not isinstance(label, dict) or not all(isinstance(label.get(key), int) for key in counts):
            raise Away(f"{self.address.words} gave an answer that is none of ours.")
        return label

    def tell_label(self, name: str, job: int, lease: str, body: dict[str, Any]) -> None:
        """Say what became of a label; again does no harm. Raises Away, NotAdmitted, Refused."""
        path = f"{PREFIX}/{quote(name, safe='')}/labels/{job}/outcome"
        self._ask("POST", path, {"lease": lease, **body, "words": str(body["words"])[:300]})

    def another(self) -> "Server":
        """A connection of its own to the same server, for another thread."""
        made = copy.copy(self)
        made._connection = None
        return made

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {**self._headers, "Content-Type": "application/json"} if body is not None else self._headers
        try:
            connection = self._connection or self._connect()
            connection.request(method, self.address.base + path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read(_LARGEST_ANSWER + 1)
            if len(content) <= _LARGEST_ANSWER and response.length:  # the library gives the beginning without a word
                raise http.client.IncompleteRead(content, response.length)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Away(
                f"The certificate of {self.address.words} is not trusted ({error.verify_message}). "
                "Give the office's own authority with --ca-file."
            ) from None
        except (OSError, http.client.HTTPException):
            self.close()
            raise Away(f"{self.address.words} does not answer.") from None
        if response.will_close or len(content) > _LARGEST_ANSWER:
            self.close()
        return self._meaning(response.status, content, body)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self.address.host, self.address.port
        if self._trust is None:
            self._connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
        else:
            self._connection = http.client.HTTPSConnection(host, port, timeout=self._timeout, context=self._trust)
        return self._connection

    def _meaning(self, status: int, content: bytes, body: dict[str, Any] | None) -> dict[str, Any]:
        answer = _object(content) if content else {}
        if status in (200, 201, 204) and answer is not None:
            return answer
        if answer is not None and body is not None and answer.get("request_id", "") == body.get("request_id"):
            return answer  # refused by a rule, and stored: that is an answer
        if answer is None or "code" not in answer or status >= 500 or status in _AGAIN:
            raise Away(f"{self.address.words} cannot take anything now (status {status}).")
        detail = str(answer.get("detail", ""))[:300]
        if status in (401, 403):
            raise NotAdmitted(f"{self.address.words} does not admit this agent: {detail}")
        raise Refused(detail, code=str(answer["code"]))


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError):
        raise Invalid(f"{ca_file} is no file of certificates that can be read (PEM).") from None
