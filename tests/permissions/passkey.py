"""A passkey made of software: enough of WebAuthn for a stored credential to be a real one."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from tongzhou.registers.people.models import Account

__all__ = ["a_passkey"]


def _credential(host: str) -> dict[str, Any]:
    """What a browser sends after making a passkey for `host`, without attestation."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = b"a-credential-0001"
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    known = AttestedCredentialData.create(Aaguid.NONE, name, ES256.from_cryptography_key(key.public_key()))
    data = AuthenticatorData.create(sha256(host.encode()), flags, 0, known)
    client = {"type": "webauthn.create", "challenge": websafe_encode(b"0" * 32), "origin": f"https://{host}"}
    return {
        "type": "public-key",
        "id": websafe_encode(name),
        "rawId": websafe_encode(name),
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(client).encode()),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


def a_passkey(account: Account, host: str = "testserver") -> Authenticator:
    """A passkey of `account`; nobody holds its private key."""
    said = {"name": "值班手机", "credential": _credential(host)}
    return Authenticator.objects.create(user=account, type="webauthn", data=said)
