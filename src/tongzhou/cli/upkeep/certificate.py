"""A certificate of our own, for a desk in one house that has no name in the public net."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["OwnCertificate", "own_certificate"]

#: Browsers refuse server certificates that last longer.
DAYS = 397
#: A new one is made when the old one has less than this left.
RENEW_DAYS = 30


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """The two files (PEM), the SHA-256 fingerprint people compare, and when it ends."""

    certificate: Path
    key: Path
    fingerprint: str
    ends: dt.datetime


def own_certificate(folder: Path, names: Sequence[str]) -> OwnCertificate:
    """The certificate in `folder` for these names and addresses; made anew when missing, nearly over or for others."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    wanted = {name.strip("[]") for name in names if name and name not in ("0.0.0.0", "::")} | {"localhost"}
    if certificate.exists() and key.exists():
        old = x509.load_pem_x509_certificate(certificate.read_bytes())
        left = old.not_valid_after_utc - dt.datetime.now(dt.UTC)
        if left > dt.timedelta(days=RENEW_DAYS) and wanted <= _names_of(old):
            return _described(certificate, key, old)
    made = _make(sorted(wanted), key)
    _write(certificate, made.public_bytes(serialization.Encoding.PEM))
    return _described(certificate, key, made)


def _described(certificate: Path, key: Path, content: x509.Certificate) -> OwnCertificate:
    return OwnCertificate(
        certificate, key, content.fingerprint(hashes.SHA256()).hex(":").upper(), content.not_valid_after_utc
    )


def _names_of(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _make(names: Sequence[str], key_file: Path) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(key_file, key.private_bytes(*form))
    now = dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tongzhou")])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
