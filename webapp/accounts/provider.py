"""Where allauth looks for the providers of an app. Which hospital uses which: settings.SINGLE_SIGN_ON."""

from webapp.accounts.single_sign_on.oidc.provider import HospitalOidcProvider
from webapp.accounts.single_sign_on.saml.provider import HospitalSamlProvider

provider_classes = [HospitalOidcProvider, HospitalSamlProvider]
