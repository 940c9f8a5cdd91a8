"""Which certificates verify the platform's documents."""

from andon.kernel.db import Database
from andon.platform.documents.authority import CERTIFICATE, PURPOSE, Authority
from andon.platform.keyring.views import keys_of


def trusted(database: Database, secret: bytes, authority: Authority) -> str:
    """The certificate to trust for what is signed now, and those of the secret keys before, as PEM."""
    with database.app.connect() as connection:
        _, *retired = keys_of(connection, secret, PURPOSE)
    return authority.pem + "".join(key.facts[CERTIFICATE] for key in retired)
