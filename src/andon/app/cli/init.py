"""`andon init`: a database, and the first key to it."""

from typing import Annotated

import orjson
import typer
from sqlalchemy import text
from sqlalchemy.orm import Session

from andon.app.start import make_ready, opened
from andon.kernel.clock import Clock
from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.settings import Settings
from andon.kernel.tx import LINE, Tx
from andon.platform.accounts.rules import SCOPES
from andon.platform.accounts.service import issue_key
from andon.platform.policies.files import load_policies


class HasOperator(Conflict):
    """Somebody holds an operator's key already."""

    code = "init.has_operator"
    titles = {"en": "There is an operator already", "zh-CN": "已存在平台管理密钥"}


def init(
    another_key: Annotated[
        bool, typer.Option("--another-key", help="Make an operator key although there is one.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="The key as JSON, alone on stdout.")] = False,
) -> None:
    """Make the database and its schema, and print the first operator's key; it is shown this once."""
    settings = Settings.from_env()
    with opened(settings) as database:
        clock = make_ready(database, settings)
        secret = first_key(database, clock, another=another_key)
        if json_:
            typer.echo(orjson.dumps({"database": database.name, "operator_key": secret}))
        else:
            typer.echo(f"The operator's key, shown this once:\n\n    {secret}\n")


def first_key(database: Database, clock: Clock, *, another: bool = False) -> str:
    """The secret of a new operator key with every scope. Raises HasOperator where there is one, unless asked."""
    with Session(database.line) as session:
        found = session.execute(
            text("select count(*) from keys where party = 'operator' and revoked_at is null")
        ).scalar_one()
        if found and not another:
            raise HasOperator(detail="make more with POST /v1/keys, or here with --another-key")
        tx = Tx(session, now=clock.now(session.connection()), actor=LINE, policies=load_policies())
        issued = issue_key(tx, party="operator", party_id="", scopes=SCOPES, label="andon init")
        tx.flush()
        session.commit()
        return issued.secret
