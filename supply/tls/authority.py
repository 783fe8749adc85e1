"""The office's own certificate authority: for an office that has no public name, made once and trusted once per device.

It may only vouch for the names given and for private addresses (RFC 5280, 4.2.1.10), so that trusting it puts nothing
else at risk. Must never overwrite a key that devices trust, nor let anybody but its owner read one.
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from supply.errors import Conflict, Invalid, NotFound
from supply.tls.files import TlsFiles
from supply.tls.names import address_of

AUTHORITY_YEARS = 10
# Apple refuses server certificates of more than 825 days, whoever signed them (support.apple.com/103769).
SERVER_DAYS = 397
RENEW_DAYS = 30
CLOCKS_APART = timedelta(days=1)  # a tablet whose clock is behind must not find the certificate not yet valid
LONGEST_COMMON_NAME = 64  # RFC 5280, ub-common-name
PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fd00::/8",
    "fe80::/10",
    "::1/128",
)


@dataclass(frozen=True)
class Shown:
    """What stands in a certificate: for whom it speaks, who made it, until when, and its SHA-256 fingerprint."""

    names: tuple[str, ...]
    issuer: str
    valid_until: datetime
    fingerprint: str


def make_authority(files: TlsFiles, *, office: str, names: tuple[str, ...], now: datetime) -> None:
    """Make the authority of this office. Raises Conflict when there is one, for devices may trust it already."""
    authority, key_file = _authority_files(files)
    if authority.exists() or key_file.exists():
        raise Conflict("There is an authority already, and devices may trust it.", code="authority_exists")
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(f"{office[: LONGEST_COMMON_NAME - 14]} supply room")
    public = key.public_key()
    certificate = (
        _builder(name, name, public, now, timedelta(days=366 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_file, key)
    write_file(authority, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def issue_server_certificate(files: TlsFiles, *, names: tuple[str, ...], now: datetime) -> None:
    """A new certificate for the server by the office's own authority.

    Raises NotFound without an authority, Invalid for a name that this authority may not vouch for.
    """
    authority, authority_key = _load_authority(files)
    _refuse_foreign_names(authority, names)
    server_key_pem(files)  # kept at renewal, so that a power cut leaves no key beside another's certificate
    key = _load_key(files.key)
    public = key.public_key()
    certificate = (
        _builder(_named(names[0][:LONGEST_COMMON_NAME]), authority.subject, public, now, timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    write_file(files.certificate, chain, 0o644)


def renew_when_due(files: TlsFiles, *, now: datetime) -> bool:
    """Renew the server's certificate of an own authority in its last 30 days; whether that was done."""
    if files.authority is None or shown(files.certificate).valid_until - now > timedelta(days=RENEW_DAYS):
        return False
    issue_server_certificate(files, names=shown(files.certificate).names, now=now)
    return True


def server_key_pem(files: TlsFiles) -> bytes:
    """The server's key, made when there is none yet."""
    if not files.key.is_file():
        _write_key(files.key, ec.generate_private_key(ec.SECP256R1()))
    return files.key.read_bytes()


def shown(path: Path) -> Shown:
    """What stands in the first certificate of the file. Raises Invalid when there is none."""
    certificate = _load(path)
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names: tuple[str, ...] = ()
    else:
        addresses = alternative.get_values_for_type(x509.IPAddress)
        names = (*alternative.get_values_for_type(x509.DNSName), *map(str, addresses))
    digest = certificate.fingerprint(hashes.SHA256()).hex().upper()
    fingerprint = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return Shown(names, certificate.issuer.rfc4514_string(), certificate.not_valid_after_utc, fingerprint)


def _authority_files(files: TlsFiles) -> tuple[Path, Path]:
    if files.authority is None:
        raise NotFound("This office's certificate is not by its own authority.", code="no_authority")
    return files.authority, files.authority.with_suffix(".key")


def _load_authority(files: TlsFiles) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    path, key_file = _authority_files(files)
    if not path.is_file() or not key_file.is_file():
        raise NotFound("This office has no authority of its own yet. Run: supply tls init", code="no_authority")
    return _load(path), _load_key(key_file)


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Invalid(f"{path} holds no key that this program made.", code="bad_key")
    return key


def _load(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Invalid(f"{path} holds no certificate: {error}.", code="bad_certificate") from error


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - CLOCKS_APART)
        .not_valid_after(now.astimezone(UTC) + lasts)
    )


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    address = address_of(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _permitted(names: tuple[str, ...]) -> list[x509.GeneralName]:
    """The names, whatever ends in .local, and private addresses."""
    dns = dict.fromkeys([*(name for name in names if address_of(name) is None), "local", "localhost"])
    networks = [ipaddress.ip_network(text) for text in PRIVATE]
    public = [address_of(name) for name in names]
    for address in public:
        if address is not None and not any(address in network for network in networks):
            networks.append(ipaddress.ip_network(address))
    return [*(x509.DNSName(name) for name in dns), *(x509.IPAddress(network) for network in networks)]


def _refuse_foreign_names(authority: x509.Certificate, names: tuple[str, ...]) -> None:
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    dns = [one.value for one in permitted if isinstance(one, x509.DNSName)]
    networks = [ipaddress.ip_network(str(one.value)) for one in permitted if isinstance(one, x509.IPAddress)]
    for name in names:
        address = address_of(name)
        if address is None:
            fits = any(name == one or name.endswith(f".{one}") for one in dns)
        else:
            fits = any(address in network for network in networks)
        if not fits:
            raise Invalid(
                f"This office's authority may not vouch for {name}. Make a new one with "
                f"supply tls init --new-authority --name {name}; every device must then trust it anew.",
                code="name_not_permitted",
            )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_file(path, content, 0o600)


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all: beside it first, then in its place."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(path.suffix + ".new")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
