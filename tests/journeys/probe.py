"""Calls that do on purpose what real ones do by accident, so that the edge can be seen to bear it."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from andon.kernel.errors import Conflict
from andon.kernel.http.ears import SUPPLIER_CHANNEL
from andon.kernel.http.models import Instant, JsonObject, MoneyIn, MoneyOut, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow

router = Router(tags=["probe"])
PARTIES = ("shop", "supplier", "channel", "operator")
runs: list[str] = []
"""What the calls have done since the test began, transactions or not."""


class Note(Strict):
    text: Annotated[str, Field(max_length=50)]
    at: Instant | None = None
    price: MoneyIn | None = None
    count: int | None = None
    more: JsonObject | None = None
    then: str | None = None


class NoteOut(Out):
    note_id: int
    text: str
    at: Instant | None = None
    price: MoneyOut | None = None


def write(tx, body: Note) -> NoteOut:
    runs.append(body.text)
    row = tx.one("insert into notes (text) values (:text) returning note_id", text=body.text)
    if body.then == "refuse":
        raise Conflict("stock.changed", "as asked", clause="STOCK-1", count=3)
    if body.then == "break":
        raise ZeroDivisionError("secret detail")
    if body.then == "deadlock" and len(runs) == 1:
        tx.run("do $$ begin raise exception 'locked' using errcode = '40P01'; end $$")
    if body.then == "too long":
        tx.run("set local statement_timeout = '20ms'")
        tx.rows("select pg_sleep(5)")
    if body.then == "too large":
        tx.rows("select cast(:number as bigint)", number="9" * 30)
    if body.then and body.then.startswith("sleep "):
        tx.rows("select pg_sleep(cast(:seconds as float))", seconds=body.then.removeprefix("sleep "))
    return NoteOut(
        note_id=row.note_id,
        text=body.text,
        at=body.at,
        price=MoneyOut.of(body.price.money()) if body.price else None,
    )


@router.post("/probe/notes", status_code=201, dependencies=[allow("stock.write", *PARTIES)])
def note(body: Note, tx: InTransaction) -> NoteOut:
    """Write a note."""
    return write(tx, body)


@router.post("/probe/batch", dependencies=[allow("stock.write", *PARTIES)])
def batch(body: Annotated[list[Note], Field(min_length=1, max_length=3)], tx: InTransaction) -> list[NoteOut]:
    """Write several."""
    return [write(tx, each) for each in body]


@router.post("/probe/nothing", dependencies=[allow("stock.write", *PARTIES)])
def nothing(tx: InTransaction) -> None:
    """Take no body and answer none."""
    runs.append("nothing")


@router.post(
    "/shops/{shop_id}/probe/notes", dependencies=[allow("stock.write", "shop", "channel", "supplier")]
)
def note_of_shop(shop_id: int, body: Note, tx: InTransaction) -> NoteOut:
    """Write a note of a shop."""
    return write(tx, body)


@router.get("/shops/{shop_id}/probe/name", dependencies=[allow("stock.read", *PARTIES)])
def name(shop_id: int, tx: InTransaction) -> list[str]:
    """What of the shops table can be seen."""
    return [row.name for row in tx.rows("select name from shops order by shop_id")]


@router.get("/probe/shops", dependencies=[allow("stock.read", *PARTIES, "carrier")])
def shops(tx: InTransaction) -> list[int]:
    """Which shops can be seen."""
    return [row.shop_id for row in tx.rows("select shop_id from shops order by shop_id")]


@router.get("/carriers/{carrier}/probe", dependencies=[allow("scans.write", "carrier")])
def of_carrier(carrier: str, tx: InTransaction) -> str:
    """A carrier's own place."""
    return carrier


@router.get("/probe/notes", dependencies=[allow("stock.read", *PARTIES)])
def notes(query: PageQuery, tx: InTransaction, starting: str = "", count: int | None = None) -> Page[NoteOut]:
    """Notes, in pages."""
    rows = tx.rows(
        "select note_id, text from notes where note_id > :after and text like :like order by note_id limit :fetch",
        after=query.after[0] if query.after else 0,
        like=f"{starting}%",
        fetch=query.fetch,
    )
    return page_of(
        rows, query, lambda row: [row.note_id], lambda row: NoteOut(note_id=row.note_id, text=row.text)
    )


@router.get("/probe/texts/{text}", dependencies=[allow("stock.read", *PARTIES)])
def text(text: str, tx: InTransaction) -> str:
    """A text out of the path."""
    return text


@router.get("/probe/wait", dependencies=[allow("stock.read", "supplier")])
async def wait(caller: Caller, seconds: Annotated[float, Query(ge=0, le=60)] = 0) -> list[str]:
    """Wait for a note that was not there."""
    with caller.listening(SUPPLIER_CHANNEL, "1") as ear:
        while True:
            found = await caller.look(lambda tx: [row.text for row in tx.rows("select text from notes")])
            if found or not await ear.heard(seconds):
                return found


@router.post("/probe/outside", dependencies=[allow("stock.write", *PARTIES)])
def outside(body: Note) -> str:
    """Act without a transaction."""
    runs.append(body.text)
    return body.text
