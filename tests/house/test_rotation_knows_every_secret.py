"""Whatever is sealed or signed under the secret key, the command that puts another in its place knows of."""

import ast
from pathlib import Path

from sqlalchemy import LargeBinary

from andon.app.rotation import SIGNERS
from andon.app.schema import metadata
from andon.kernel.resealing import sealed_columns

ROOT = Path(__file__).parents[2] / "src" / "andon"

NO_SEALS = {
    "call_counts.caller", "delivery_tries.body_sha256", "documents.body", "files.body", "idempotent_answers.fingerprint",
    "keys.secret_hash",
    "orders.fingerprint", "password_resets.token_hash", "person_invitations.token_hash", "push_tries.body_sha256",
    "recipients.commitment", "recipients.salt", "recovery_codes.code_hash", "sessions.replaced_hash",
    "sessions.token_hash", "sign_in_tries.key_hash",
}  # fmt: skip
"""Octets that are hashes, salts, commitments, documents that are handed out, and files that are handed in. What is none of these says `info={"sealed": True}`."""


SEALING = {
    "orders/reporting/service/connecting.py": "channels.secret channels.old_secret",
    "partners/suppliers/service.py": "endpoints.secret endpoints.old_secret",
    "platform/accounts/visits.py": "idempotent_answers.body",
    "platform/outbox/service.py": "contacts.sealed",
    "platform/people/service/factors.py": "users.totp_sealed",
    "platform/people/service/letters.py": "outbox.facts",
    "platform/subscriptions/service/setting.py": "webhooks.secret webhooks.old_secret",
}
"""Who seals, and where what they seal lies."""


def test_octets_are_seals_that_are_rotated_or_are_known_to_be_none() -> None:
    octets = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert octets - known() == NO_SEALS


def test_whoever_seals_puts_it_where_it_is_rotated() -> None:
    sealing = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and node.module == "andon.kernel.secrets"
        and "seal" in [alias.name for alias in node.names]
    }
    assert sealing - {"kernel/resealing.py"} == set(SEALING)
    assert known() == set(" ".join(SEALING.values()).split())


def known() -> set[str]:
    return {str(column) for column in sealed_columns(metadata)}


def test_every_purpose_of_a_signing_key_is_one_that_is_retired() -> None:
    purposes = {
        node.value.value
        for path in ROOT.rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [ast.unparse(target) for target in node.targets] == ["PURPOSE"]
    }
    assert purposes == set(SIGNERS)
