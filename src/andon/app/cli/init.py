"""`andon init`: a database, and the first key to it."""

from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from andon.app.allowed import allow_this_machine
from andon.app.demo.making import fresh_demonstration
from andon.app.start import make_ready, opened, rate_of, server_for
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.clock import Clock
from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.settings import Settings
from andon.kernel.tx import LINE, Tx
from andon.platform.accounts.rules import SCOPES
from andon.platform.accounts.service import issue_key
from andon.platform.people.permissions import ADMIN
from andon.platform.people.service.joining import Party, invite
from andon.platform.people.views import people_of
from andon.platform.policies.files import load_policies

DEFAULT_URL = "http://127.0.0.1:8000"
"""Where `andon serve` listens when it is not told otherwise."""


class HasOperator(Conflict):
    """Somebody holds an operator's key already."""

    code = "init.has_operator"
    titles = {"en": "There is an operator already", "zh-CN": "已存在平台管理密钥"}


def init(
    another_key: Annotated[
        bool, typer.Option("--another-key", help="Make an operator key although there is one.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Make a demonstration world anew, and print everybody's keys.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="The keys as JSON, alone on stdout.")] = False,
) -> None:
    """Make the database and its schema; print the first operator's key and the first administrator's invitation, this once."""
    settings = Settings.from_env()
    if demo:
        _init_demonstration(settings, as_json=json_)
        return
    with opened(settings) as database:
        clock = make_ready(database, settings)
        secret = first_key(database, clock, another=another_key)
        link = first_invitation(database, clock, settings.public_url or DEFAULT_URL)
        if json_:
            said = {"database": database.name, "operator_key": secret, "invitation": link}
            typer.echo(orjson.dumps(said))
        else:
            typer.echo(f"The operator's key, shown this once:\n\n    {secret}\n")
            if link is not None:
                typer.echo(f"The first administrator's invitation, good once and for a week:\n\n    {link}\n")


def _init_demonstration(settings: Settings, *, as_json: bool) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    allow_this_machine(settings)
    with server_for(settings):
        world = fresh_demonstration(
            settings, DEFAULT_NAME, DEFAULT_URL, clock=settings.clock, rate=rate_of(settings)
        )
    if as_json:
        typer.echo(orjson.dumps(world.shown()))
        return
    table = Table(
        "party", "number or code", "name", "key", title="The demonstration world; keys are shown this once"
    )
    table.add_row("operator", "", "", world.operator_key)
    for party, members in world.parties().items():
        for member in members:
            table.add_row(
                party, str(member.get("id", member.get("code"))), member.get("name", ""), member["key"]
            )
    console = Console(width=140)
    console.print(table)
    people = Table("party", "role", "e-mail", "password", title="A sign-in for each role, shown this once")
    for each in world.people:
        people.add_row(each["party"], each["role"], each["email"], each["password"])
    console.print(people)


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


def first_invitation(database: Database, clock: Clock, public_url: str) -> str | None:
    """The link by which the first administrator comes in, in place of one made before; None where there is one already."""
    with Session(database.line) as session:
        tx = Tx(session, now=clock.now(session.connection()), actor=LINE, policies=load_policies())
        if people_of(tx, "operator", ""):
            return None
        tx.put("delete from person_invitations where party = 'operator' and email is null")
        _, link = invite(tx, Party("operator", ""), ADMIN, None, "zh-CN", public_url, b"")
        tx.flush()
        session.commit()
        return link
