"""Certificates of a certificate authority of our own, for machines that are only here."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """`certificate`: the file with which it is believed."""

    def __init__(self, folder: Path) -> None:
        self._key, self._name = ec.generate_private_key(ec.SECP256R1()), _name("Offhook's tests")
        self.certificate = folder / "authority.pem"
        made = _about(self._name, self._name, self._key.public_key(), 365 * DAY)
        signed = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate.write_bytes(_pem(signed.sign(self._key, hashes.SHA256())))

    def certify(self, folder: Path, name: str = "localhost", lasts: timedelta = 30 * DAY) -> str:
        """Writes certificate.pem and key.pem, which were good from 90 days ago; gives how a browser is told to believe
        just this key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _about(_name(name), self._name, key.public_key(), lasts)
        try:
            whose: x509.GeneralName = x509.IPAddress(ip_address(name))
        except ValueError:
            whose = x509.DNSName(name)
        signed = made.add_extension(x509.SubjectAlternativeName([whose]), critical=False).sign(self._key, hashes.SHA256())
        (folder / "certificate.pem").write_bytes(_pem(signed))
        kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *kinds))
        public = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        known = base64.b64encode(hashlib.sha256(key.public_key().public_bytes(*public)).digest()).decode()
        return f"--ignore-certificate-errors-spki-list={known}"


def _about(whose: x509.Name, by: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    named = x509.CertificateBuilder().subject_name(whose).issuer_name(by).public_key(key)
    dated = named.not_valid_before(now - 90 * DAY).not_valid_after(now + lasts)
    return dated.serial_number(x509.random_serial_number())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
