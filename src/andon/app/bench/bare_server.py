"""A bare server: the same framework and HTTP server, a model of the body, one transaction, and nothing else."""

import threading
from multiprocessing.connection import Connection
from typing import Any

import orjson
import psycopg
import uvicorn
from fastapi import FastAPI
from pydantic import AwareDatetime, BaseModel

from andon.app.bench.bare import insert_order
from andon.app.bench.profile import profiled
from andon.app.serve import listen
from andon.kernel.admin import connect
from andon.kernel.db import Database, open_database
from andon.kernel.settings import Settings


class LineIn(BaseModel):
    """A line as it comes."""

    sku: str
    quantity: int
    unit_price: dict[str, str]


class OrderIn(BaseModel):
    """An order as it comes."""

    channel: str
    channel_order_no: str
    placed_at: AwareDatetime
    ship_to: dict[str, str]
    lines: list[LineIn]


def serve_bare(pipe: Connection, settings: Settings, name: str, profile: str) -> None:
    """Serve on a free port until told to stop."""
    database = open_database(settings, name)
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(_app(database), log_config=None, access_log=False, timeout_keep_alive=75)
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    with profiled(profile):
        pipe.send(f"http://127.0.0.1:{listener.getsockname()[1]}")
        pipe.recv()
    server.should_exit = True
    thread.join()
    database.dispose()


def _app(database: Database) -> FastAPI:
    app = FastAPI()
    mine = threading.local()

    def own_connection() -> psycopg.Connection[Any]:
        if not hasattr(mine, "connection"):
            mine.connection = connect(database.logins.app)
            mine.connection.autocommit = False
        connection: psycopg.Connection[Any] = mine.connection
        return connection

    @app.post("/orders")
    def place(order: OrderIn) -> dict[str, str]:
        prices = [round(float(line.unit_price["amount"]) * 100) for line in order.lines]
        lines = [(line.sku, line.quantity, price) for line, price in zip(order.lines, prices, strict=True)]
        ship_to = orjson.dumps(order.ship_to).decode()
        insert_order(
            own_connection(),
            order.channel,
            order.channel_order_no,
            order.placed_at,
            ship_to,
            sum(prices),
            lines,
        )
        return {"status": "created"}

    return app
