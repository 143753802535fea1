"""Providers that hospitals could have: OpenID Connect by oidc-provider-mock (on Authlib), and a SAML one that signs."""

import base64
import datetime
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx2
import oidc_provider_mock
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from webapp.sign_in_providers import SignInProvider

SAML_ISSUER = "https://login.clinic.example/saml"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


@dataclass(frozen=True)
class OidcProvider:
    """Running on a port of its own."""

    issuer: str

    def person(self, subject: str, **claims: object) -> None:
        httpx2.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def sign_in(self, address: str, subject: str) -> str:
        """What a person does on its page. Returns the path they are sent back to."""
        answer = httpx2.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    def settings(self, **changes: object) -> SignInProvider:
        return SignInProvider(
            **{
                "id": "clinic",
                "name": "Clinic",
                "hospital": "clinic",
                "protocol": "oidc",
                "email_domains": ("clinic.example",),
                "issuer": self.issuer,
                "client_id": "debrief",
                "client_secret": "of-this-test",
                **changes,
            }
        )


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield OidcProvider(issuer=f"http://localhost:{server.server_port}")


class SamlProvider:
    """Answers requests with signed assertions, as a hospital's directory does."""

    def __init__(self) -> None:
        self.key, self.certificate = _key_and_certificate()

    def settings(self, **changes: object) -> SignInProvider:
        return SignInProvider(
            **{
                "id": "clinic-saml",
                "name": "Clinic",
                "hospital": "clinic",
                "protocol": "saml",
                "email_domains": ("clinic.example",),
                "entity_id": SAML_ISSUER,
                "sign_in_url": f"{SAML_ISSUER}/sso",
                "certificate": self.certificate,
                **changes,
            }
        )

    def answer(self, address: str, subject: str, *, signs: bool = True, lasts_s: int = 300, **given: str) -> str:
        """The SAMLResponse (base64) to the request in `address`. `given`: attributes, `name_format`, `audience`."""
        request = _request_in(address)
        now = datetime.datetime.now(datetime.UTC)
        fields = {
            "id": f"_{OneLogin_Saml2_Utils.generate_unique_id()[13:]}",
            "now": _stamp(now),
            "until": _stamp(now + datetime.timedelta(seconds=lasts_s)),
            "since": _stamp(now - datetime.timedelta(seconds=60)),
            "to": request.attrib["AssertionConsumerServiceURL"],
            "request": request.attrib["ID"],
            "audience": given.pop("audience", request.findtext("{*}Issuer") or ""),
            "name_format": given.pop("name_format", PERSISTENT),
            "subject": subject,
            "issuer": SAML_ISSUER,
        }
        attributes = "".join(
            f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
            for name, value in given.items()
        )
        assertion = ASSERTION.format(**fields, attributes=attributes)
        signed = OneLogin_Saml2_Utils.add_sign(assertion, self.key, self.certificate).decode() if signs else assertion
        return base64.b64encode(RESPONSE.format(**fields, assertion=signed).encode()).decode()


NAMESPACES = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
RESPONSE = (
    f'<samlp:Response {NAMESPACES} ID="r{{id}}" Version="2.0" IssueInstant="{{now}}" Destination="{{to}}" '
    'InResponseTo="{request}"><saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode '
    'Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>'
)
ASSERTION = (
    f'<saml:Assertion {NAMESPACES} ID="{{id}}" Version="2.0" IssueInstant="{{now}}">'
    "<saml:Issuer>{issuer}</saml:Issuer><saml:Subject>"
    '<saml:NameID Format="{name_format}">{subject}</saml:NameID>'
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
    'InResponseTo="{request}" NotOnOrAfter="{until}" Recipient="{to}"/></saml:SubjectConfirmation></saml:Subject>'
    '<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}'
    "</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
    '<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="{id}"><saml:AuthnContext><saml:AuthnContextClassRef>'
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>"
    "</saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
)


def _request_in(address: str) -> ElementTree.Element:
    packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    return ElementTree.fromstring(zlib.decompress(base64.b64decode(packed), -15))


def _stamp(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _key_and_certificate() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "login.clinic.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    certificate = made.not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()
