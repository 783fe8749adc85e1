"""Where certificate and key lie, and which of them the server uses. Must never print or copy a key."""

from dataclasses import dataclass
from pathlib import Path

from supply.errors import Invalid
from supply.settings import TLS_FOLDER, Settings


@dataclass(frozen=True)
class TlsFiles:
    """The certificate chain and the key that the server shows; `authority` is the office's own, to be trusted once."""

    certificate: Path
    key: Path
    authority: Path | None = None


def tls_folder(settings: Settings) -> Path:
    """The folder that `supply tls init` and `supply tls acme` fill."""
    return settings.data_folder / TLS_FOLDER


def files_in(folder: Path) -> TlsFiles:
    """The files of that folder, there or not yet."""
    return TlsFiles(folder / "server.crt", folder / "server.key", folder / "authority.crt")


def files_in_use(settings: Settings) -> TlsFiles | None:
    """What the server uses: the files that the settings name, else those that `supply tls` made; None without TLS.

    Raises Invalid for a named file that is not there.
    """
    chosen = settings.server
    if chosen.tls_certificate:
        for path in (chosen.tls_certificate, chosen.tls_key):
            if not Path(path).is_file():
                raise Invalid(f"The TLS file {path or '(tls_key is empty)'} is not there.", code="bad_settings")
        return TlsFiles(Path(chosen.tls_certificate), Path(chosen.tls_key))
    made = files_in(tls_folder(settings))
    if not made.certificate.is_file() or not made.key.is_file():
        return None
    is_own = made.authority is not None and made.authority.is_file()
    return made if is_own else TlsFiles(made.certificate, made.key)
