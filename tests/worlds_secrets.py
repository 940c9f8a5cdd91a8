"""A world in which something is sealed wherever anything is, and what a key opens in a database."""

import re
from collections import Counter
from datetime import timedelta

from sqlalchemy import text

from andon.app.schema import metadata
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.http.idempotency import Claim, KeptAnswer, claim_answer, keep_answer
from andon.kernel.outside import LOOPBACK
from andon.kernel.secrets import SecretUnreadable, seal, unseal
from andon.kernel.statements import Statements
from andon.kernel.tx import Actor
from andon.orders.reporting import service as reporting
from andon.partners.suppliers.service import set_endpoint
from andon.platform.outbox.service import set_contacts
from andon.platform.people.permissions import ADMIN
from andon.platform.people.service.factors import begin_factor
from andon.platform.people.service.joining import Party, invite
from andon.platform.subscriptions.service import rotate_secret, subscribe
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop
from tests.worlds_post import person

NOBODY = "http://127.0.0.1:9/nobody"
_HEXADECIMAL = re.compile(r"[0-9a-f]{60,}")


def a_world_of_secrets(database: Database, key: bytes) -> None:
    """Something sealed under `key` in every column that holds seals, and beside it what is sealed no more or not at all."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=2)
        for supplier_id in (*shop.supplier_ids, shop.supplier_ids[0]):  # the first one's was set anew
            set_endpoint(tx, supplier_id, NOBODY, key, allowed=LOOPBACK)
        for _ in range(2):
            reporting.set_endpoint(tx, "demo", NOBODY, key, allowed=LOOPBACK)
        robot = person(robot="dingtalk", url="https://oapi.dingtalk.com/robot/send")
        set_contacts(tx, "seller", [robot], key, shop_id=shop.shop_id)
        invite(tx, Party("operator", ""), ADMIN, "wang@andon.test", "zh-CN", "http://andon.test", key)
        tx.put(
            "insert into users (user_id, email, name, locale, password_hash, made_at) "
            "values (1, 'wang@andon.test', 'Wang', 'zh-CN', '', :now)",
            now=tx.now,
        )
        begin_factor(tx, 1, key)
    with transaction(database, actor=Actor("shop", shop.shop_id)) as tx:
        webhook_id, _ = subscribe(tx, NOBODY, ["order.accepted"], key, allowed=LOOPBACK)
        rotate_secret(tx, webhook_id, key)
    with database.app.begin() as connection:
        statements = Statements(connection)
        for token in ("answered", "claimed alone"):
            claim = claim_answer(statements, "shop:1", token, b"", now=wall(), lease=timedelta(seconds=9))
            assert isinstance(claim, Claim)
            if token == "answered":
                keep_answer(statements, claim, KeptAnswer(201, "application/json", seal(b"{}", key)))
    database.dispose()


def opened_by(database: Database, key: bytes) -> Counter[str]:
    """How many values the key opens in each column of the whole database, also where no seal should be."""
    found: Counter[str] = Counter()
    with database.owner.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                for name, value in row._mapping.items():
                    found[f"{table.name}.{name}"] += sum(_opens(each, key) for each in _octets(value))
    database.dispose()
    return +found


def _octets(value: object) -> list[bytes]:
    """The values that could be seals: octets, and what is written in hexadecimal anywhere in a text."""
    if isinstance(value, bytes | memoryview):
        return [bytes(value)]
    runs = _HEXADECIMAL.findall(str(value)) if isinstance(value, str | dict | list) else []
    return [bytes.fromhex(each[: len(each) // 2 * 2]) for each in runs]


def _opens(sealed: bytes, key: bytes) -> bool:
    try:
        unseal(sealed, key)
    except SecretUnreadable:
        return False
    return True


def spoil_a_seal(database: Database) -> None:
    """One that no key opens."""
    with database.owner.begin() as connection:
        connection.execute(text("update users set totp_sealed = decode(repeat('01', 60), 'hex')"))
    database.dispose()
