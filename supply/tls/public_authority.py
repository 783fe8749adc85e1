"""A certificate from a public authority by ACME (RFC 8555), for an office with a name on the internet.

The authority asks this machine over http (challenge http-01) at port 80; the answer lies in a folder from which the
plain port serves it. Must never touch the certificate in use before the new one is here, whole.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from josepy import jwk
from josepy.errors import Error as JoseError

from supply.errors import Invalid, SupplyError
from supply.tls.authority import RENEW_DAYS, server_key_pem, shown, write_file
from supply.tls.files import files_in
from supply.tls.names import address_of, checked

DIRECTORY = "https://acme-v02.api.letsencrypt.org/directory"
USER_AGENT = "supply"
TIMEOUT_SECONDS = 90
ACCOUNT_KEY_BITS = 2048
WISH, ACCOUNT_KEY, CHALLENGES = "acme.json", "account.key", "challenges"
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,128}")  # RFC 8555, 8.3: base64url


@dataclass(frozen=True)
class Wish:
    """For which names, by which authority, and whom it may write to when something is wrong."""

    names: tuple[str, ...]
    email: str
    directory: str = DIRECTORY


class NoCertificate(SupplyError):
    """The public authority gave no certificate; the one in use stays."""

    code = "no_certificate"


def checked_wish(*, names: tuple[str, ...], email: str, directory: str) -> Wish:
    """The wish as it can be asked for. Raises Invalid for a name that nobody vouches for."""
    found = checked(names)
    for name in found:
        if address_of(name) or "." not in name or name.endswith((".local", ".lan", ".internal", ".home.arpa")):
            raise Invalid(
                f"No public authority vouches for {name}. Use supply tls init, or a name of the internet.",
                code="bad_name",
            )
    if not found:
        raise Invalid("Say which name the certificate is for, with --name.", code="bad_name")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise Invalid(f"{email!r} is no mail address.", code="bad_email")
    return Wish(found, email, directory)


def obtain(folder: Path, wish: Wish) -> None:
    """Ask for a certificate and put it in use; remembered, so that it is renewed. Raises NoCertificate in words."""
    files = files_in(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        asking = _account(folder, wish)
        order = asking.new_order(crypto_util.make_csr(server_key_pem(files), list(wish.names)))
        for authorization in order.authorizations:
            _answer(asking, authorization, folder / CHALLENGES)
        deadline = datetime.now() + timedelta(seconds=TIMEOUT_SECONDS)  # noqa: DTZ005 - as the library compares it
        chain = asking.poll_and_finalize(order, deadline).fullchain_pem
    except (errors.Error, messages.Error, requests.RequestException, JoseError) as error:
        raise NoCertificate(f"No certificate for {', '.join(wish.names)}: {_in_words(error)}") from error
    finally:
        for left in (folder / CHALLENGES).glob("*"):
            left.unlink(missing_ok=True)
    write_file(folder / WISH, json.dumps(asdict(wish)).encode(), 0o600)
    assert files.authority is not None
    for own in (files.authority, files.authority.with_suffix(".key")):  # it is not by our own authority any more
        if own.exists():
            own.rename(own.with_name(own.name + ".aside"))
    write_file(files.certificate, chain.encode(), 0o644)


def renew(folder: Path, *, now: datetime) -> bool:
    """Ask anew in the certificate's last 30 days; whether that was done. False where none was asked for."""
    if not (folder / WISH).is_file():
        return False
    if shown(files_in(folder).certificate).valid_until - now.astimezone(UTC) > timedelta(days=RENEW_DAYS):
        return False
    kept = json.loads((folder / WISH).read_text("utf-8"))
    obtain(folder, Wish(**{**kept, "names": tuple(kept["names"])}))
    return True


def challenge_answer(folder: Path, token: str) -> str | None:
    """What the plain port answers to the authority's question; None for a token that nobody waits for."""
    path = folder / CHALLENGES / token
    return path.read_text("ascii") if TOKEN.fullmatch(token) and path.is_file() else None


def _account(folder: Path, wish: Wish) -> client.ClientV2:
    """The account of this office at the authority, made at the first time."""
    key = jwk.JWKRSA(key=_account_key(folder / ACCOUNT_KEY))
    net = client.ClientNetwork(key, user_agent=USER_AGENT)
    asking = client.ClientV2(client.ClientV2.get_directory(wish.directory, net), net)
    asked = messages.NewRegistration.from_data(email=wish.email, terms_of_service_agreed=True)
    try:
        asking.new_account(asked)
    except errors.ConflictError as known:
        net.account = messages.RegistrationResource(uri=known.location, body=messages.Registration())
    return asking


def _account_key(path: Path) -> rsa.RSAPrivateKey:
    if not path.is_file():
        made = rsa.generate_private_key(public_exponent=65537, key_size=ACCOUNT_KEY_BITS)
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_file(path, pem, 0o600)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Invalid(f"{path} holds no key that this program made.", code="bad_key")
    return key


def _answer(asking: client.ClientV2, authorization: messages.AuthorizationResource, folder: Path) -> None:
    for offered in authorization.body.challenges:
        if isinstance(offered.chall, challenges.HTTP01):
            response, answer = offered.response_and_validation(asking.net.key)
            token = offered.chall.encode("token")
            if not TOKEN.fullmatch(token):
                break
            write_file(folder / token, answer.encode("ascii"), 0o600)
            asking.answer_challenge(offered, response)
            return
    raise NoCertificate("The authority offers no way that this machine can answer (http-01).")


def _in_words(error: Exception) -> str:
    if isinstance(error, errors.ValidationError | errors.TimeoutError):
        return (
            "the authority could not reach this machine by http at port 80. See that the name leads here, that the "
            "router lets port 80 through, and that plain_port in the settings is the port it arrives at."
        )
    if isinstance(error, requests.RequestException):
        return "its directory does not answer. See whether this machine reaches the internet."
    text = " ".join(str(error).split())
    return text[:300] or type(error).__name__
