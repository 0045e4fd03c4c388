"""The operator's token: made of the secret key, so whoever can read that can make it. Loads nothing of the web."""

import base64

from offhook.grants.vault import Vault
from offhook.settings import Settings, secret_keys


def operator_token_of(settings: Settings) -> str:
    vault = Vault(secret_keys(settings))
    return base64.urlsafe_b64encode(vault.keys_for("operator")[0]).decode()
