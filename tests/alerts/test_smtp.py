"""One mail to a real server on a socket: taken, refused, later, or unknown; and nothing typed ever ends a header."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from supply.alerts.smtp import Letter, Transport
from tests.alerts.smtp_server import Faults, MailServer

LETTER = Letter(
    name="Mara Lindqvist",
    address="mara@example.org",
    subject="3 decisions: Maple Street",
    text="Drei Löffel.\n.\n..dots at the start\n",
    html="<p>Drei Löffel.</p>\n.\n",
    message_id="abc",
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def to(server: MailServer, **changes: object) -> Transport:
    plain = Transport(
        host="127.0.0.1", port=server.port, security="none", user="", password_file="",
        sender="Supply room <supply@example.org>", timeout_seconds=1,
    )  # fmt: skip
    return replace(plain, **changes)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key in one file; it is its own authority."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "crt.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "crt.pem").read_text())
    return both


def test_a_mail_arrives_with_both_parts_and_its_dots(server: MailServer) -> None:
    assert to(server).send(LETTER).outcome == "sent"
    (message,) = server.to("mara@example.org")
    assert message["From"] == "Supply room <supply@example.org>"
    assert message["To"] == "Mara Lindqvist <mara@example.org>"
    assert message["Message-ID"] == "<abc@example.org>"
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().replace("\r\n", "\n") == LETTER.html


@pytest.mark.parametrize(
    "typed", ["Ann\r\nBcc: all@example.org", "Ann\nX: y", "Ann\x00\x0b", 'A"n<n>, b@c', "Łucja Nr 5"]
)
def test_no_name_or_subject_can_add_a_header_or_a_recipient(server: MailServer, typed: str) -> None:
    assert to(server).send(replace(LETTER, name=typed, subject=typed)).outcome == "sent"
    (message,) = server.to("mara@example.org")
    assert [one.addr_spec for one in message["To"].addresses] == ["mara@example.org"]
    assert message["Bcc"] is None
    assert message["X"] is None
    assert len([command for command in server.commands if command.startswith("RCPT")]) == 1


def test_nobody_there_is_tried_later(server: MailServer) -> None:
    server.down()
    delivery = to(server).send(LETTER)
    assert (delivery.outcome, delivery.is_server) == ("later", True)
    assert "does not answer: Connection refused" in delivery.words
    server.up()


@pytest.mark.parametrize(
    "fault", [Faults(hangs_after="greeting"), Faults(drops_after="greeting"), Faults(drops_after="MAIL")]
)
def test_a_server_that_breaks_off_before_the_text_is_tried_later(server: MailServer, fault: Faults) -> None:
    server.faults = fault
    delivery = to(server).send(LETTER)
    assert (delivery.outcome, delivery.is_server) == ("later", True)
    assert server.accepted == []


@pytest.mark.parametrize("fault", [Faults(drops_after="DATA"), Faults(drops_after="text"), Faults(hangs_after="text")])
def test_a_connection_lost_after_the_text_began_is_unknown(server: MailServer, fault: Faults) -> None:
    server.faults = fault
    delivery = to(server).send(LETTER)
    assert delivery.outcome == "unknown"
    assert "gave no answer after the text was sent" in delivery.words


@pytest.mark.parametrize(
    ("replies", "outcome", "is_server"),
    [
        ({"mara@example.org": "550 5.1.1 no such mailbox"}, "failed", False),
        ({"mara@example.org": "451 4.7.1 greylisted, come back"}, "later", False),
        ({"MAIL": "452 4.3.1 disk is full"}, "later", True),
        ({"MAIL": "553 sender not welcome"}, "failed", True),
        ({"DATA": "554 no"}, "failed", False),
        ({"text": "451 try again"}, "later", False),
        ({"text": "552 too much spam"}, "failed", False),
        ({"EHLO": "421 busy", "HELO": "421 busy"}, "later", True),
    ],
)
def test_what_the_server_says_decides(
    server: MailServer, replies: dict[str, str], outcome: str, is_server: bool
) -> None:
    server.faults = Faults(replies=replies)
    delivery = to(server).send(LETTER)
    assert (delivery.outcome, delivery.is_server) == (outcome, is_server)
    assert next(iter(replies.values()))[4:] in delivery.words
    assert server.accepted == []


def test_encryption_is_used_and_the_user_signed_in(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    password = tmp_path / "password"
    password.write_text("open sesame\n")
    who = {"user": "supply", "password_file": str(password)}
    for is_tls, security in ((False, "starttls"), (True, "tls")):
        with MailServer(certificate, is_tls, "supply", "open sesame") as server:
            assert to(server, security=security, **who).send(LETTER).outcome == "sent"
            assert server.accepted
            (password.parent / "wrong").write_text("nonsense")
            wrong = to(server, security=security, user="supply", password_file=str(tmp_path / "wrong")).send(LETTER)
            assert (wrong.outcome, "535 5.7.8 wrong user or password" in wrong.words) == ("failed", True)
            missing = to(server, security=security, user="supply", password_file=str(tmp_path / "none")).send(LETTER)
            assert (missing.outcome, "cannot be read" in missing.words) == ("failed", True)


def test_a_certificate_of_nobody_is_refused_and_nothing_goes_out(certificate: Path) -> None:
    for is_tls, security in ((False, "starttls"), (True, "tls")):
        with MailServer(certificate, is_tls) as server:
            delivery = to(server, security=security).send(LETTER)
            assert (delivery.outcome, "is not trusted" in delivery.words) == ("failed", True)
            assert server.accepted == []


def test_encryption_that_is_asked_for_is_never_left_out(server: MailServer) -> None:
    delivery = to(server, security="starttls", user="supply").send(LETTER)
    assert (delivery.outcome, "does not offer what is set" in delivery.words) == ("failed", True)
    assert [command for command in server.commands if command.startswith(("AUTH", "MAIL"))] == []


def test_a_server_that_answers_drop_by_drop_is_cut_off(server: MailServer) -> None:
    server.faults = Faults(hangs_after="EHLO")
    assert to(server, timeout_seconds=30, deadline_seconds=0.5).send(LETTER).outcome == "later"
    server.faults = Faults(hangs_after="text")
    assert to(server, timeout_seconds=30, deadline_seconds=0.5).send(LETTER).outcome == "unknown"
