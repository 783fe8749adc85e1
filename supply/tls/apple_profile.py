"""The configuration profile by which an iPhone or iPad takes an authority in: a property list with the certificate."""

import plistlib
from base64 import b64decode
from uuid import UUID, uuid5

NAMESPACE = UUID("5b0f6c1e-8a2d-4a56-9f0e-1f4d3d0c7a11")
MEDIA_TYPE = "application/x-apple-aspen-config"


def apple_profile(authority_pem: bytes, *, office: str) -> bytes:
    """The profile with that certificate (Apple, Configuration Profile Reference: com.apple.security.root)."""
    der = b64decode(b"".join(line for line in authority_pem.splitlines() if not line.startswith(b"-----")))
    identity = uuid5(NAMESPACE, der.hex())
    certificate = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"supply.authority.{identity}",
        "PayloadUUID": str(uuid5(identity, "certificate")),
        "PayloadDisplayName": f"{office} supply room",
        "PayloadCertificateFileName": "authority.cer",
        "PayloadContent": der,
    }
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": f"supply.{identity}",
            "PayloadUUID": str(identity),
            "PayloadDisplayName": f"{office}: supply room",
            "PayloadDescription": "Lets this device recognise the supply room's own address.",
            "PayloadContent": [certificate],
        }
    )
