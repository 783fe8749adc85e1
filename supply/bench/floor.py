"""The floor under one scan: a bare Flask route on cheroot that writes the rows of one use, and nothing else.

No sign-in, no checks, no idempotency, no audit: what the product costs above this is what those cost.
"""

import threading
import time
from multiprocessing.connection import Connection
from random import Random
from typing import Any

import sqlalchemy as sa
from cheroot.wsgi import Server
from flask import Flask, Response, jsonify, request
from sqlalchemy.engine import Engine

LOTS_PER_ITEM = 10
AMPLE = 1_000_000
BATCH = 20_000
THREADS = 8

_META = sa.MetaData()
_CODES = sa.Table("codes", _META, sa.Column("text", sa.String(40), primary_key=True), sa.Column("item_id", sa.Integer))
_LOTS = sa.Table(
    "lots",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.Integer, index=True),
    sa.Column("number", sa.String(20)),
    sa.Column("received", sa.Integer),
)
_BALANCES = sa.Table(
    "balances",
    _META,
    sa.Column("lot_id", sa.Integer, primary_key=True),
    sa.Column("location_id", sa.Integer, primary_key=True),
    sa.Column("quantity", sa.Integer, sa.CheckConstraint("quantity >= 0")),
)
_MOVEMENTS = sa.Table(
    "movements",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("lot_id", sa.Integer, index=True),
    sa.Column("source", sa.Integer),
    sa.Column("target", sa.Integer),
    sa.Column("quantity", sa.Integer),
    sa.Column("request_id", sa.String(36)),
    sa.Column("at", sa.Float),
)
_CODE = sa.select(_CODES.c.item_id).where(_CODES.c.text == sa.bindparam("text"))
_OPEN = (
    sa.select(_BALANCES.c.lot_id, _BALANCES.c.quantity, _LOTS.c.number)
    .join(_LOTS, _LOTS.c.id == _BALANCES.c.lot_id)
    .where(_LOTS.c.item_id == sa.bindparam("item"), _BALANCES.c.location_id == 1, _BALANCES.c.quantity > 0)
    .order_by(_LOTS.c.received, _LOTS.c.id)
)
_TAKE = (
    sa.update(_BALANCES)
    .where(
        _BALANCES.c.lot_id == sa.bindparam("lot"),
        _BALANCES.c.location_id == 1,
        _BALANCES.c.quantity >= sa.bindparam("taken"),
    )
    .values(quantity=_BALANCES.c.quantity - sa.bindparam("taken"))
)


def code_of(item: int) -> str:
    """The code of an item of the floor."""
    return f"{item:014d}"


def serve(path: str, items: int, movements: int, told: Connection) -> None:
    """Fill a database at `path` and serve it in this process; says its port to `told`."""
    engine = _engine(path)
    _fill(engine, items, movements)
    server = Server(("127.0.0.1", 0), _app(engine), numthreads=THREADS)
    server.prepare()
    told.send(server.bind_addr[1])
    server.serve()


def _engine(path: str) -> Engine:
    """SQLite as durable as the product's: WAL, synchronous=FULL, a write transaction from its first statement."""
    arguments = {"check_same_thread": False, "isolation_level": None}
    engine = sa.create_engine(f"sqlite:///{path}", pool_size=16, connect_args=arguments)

    def set_pragmas(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}").close()

    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", set_pragmas)
    sa.event.listen(engine, "begin", begin)
    return engine


def _fill(engine: Engine, items: int, movements: int) -> None:
    random = Random(1)  # noqa: S311 - which lot a row names, not a secret
    numbers = range(1, items + 1)
    lots = [
        {"id": item * LOTS_PER_ITEM + n, "item_id": item, "number": f"L{n}", "received": n}
        for item in numbers
        for n in range(LOTS_PER_ITEM)
    ]
    _META.create_all(engine)
    with engine.begin() as connection:
        connection.execute(_CODES.insert(), [{"text": code_of(item), "item_id": item} for item in numbers])
        connection.execute(_LOTS.insert(), lots)
        balances = [{"lot_id": lot["id"], "location_id": 1, "quantity": AMPLE} for lot in lots]
        connection.execute(_BALANCES.insert(), balances)
        for start in range(0, movements, BATCH):
            chosen = random.choices(lots, k=min(BATCH, movements - start))
            connection.execute(_MOVEMENTS.insert(), [_movement(lot["id"], 1, "filled in", 0.0) for lot in chosen])
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA optimize")


def _movement(lot: object, quantity: int, request_id: str, at: float) -> dict[str, object]:
    return {"lot_id": lot, "source": 1, "target": 2, "quantity": quantity, "request_id": request_id, "at": at}


def _app(engine: Engine) -> Flask:
    app, queue = Flask("floor"), threading.Lock()

    @app.post("/api/v1/scans")
    def scans() -> tuple[Response, int]:
        body = request.get_json()
        with queue:
            took = _use(engine, body["barcode"], body["quantity"], body["request_id"])
        return jsonify(request_id=body["request_id"], outcome="recorded", movements=took), 201

    return app


def _use(engine: Engine, text: str, quantity: int, request_id: str) -> list[dict[str, object]]:
    """Take so many units, the oldest lots first."""
    took: list[dict[str, object]] = []
    with engine.begin() as connection:
        item = connection.execute(_CODE, {"text": text}).scalar_one()
        for lot, have, number in connection.execute(_OPEN, {"item": item}).all():
            taken = min(have, quantity)
            done = connection.execute(_TAKE, {"lot": lot, "taken": taken})
            assert done.rowcount == 1, "the balance was read in the same transaction"
            connection.execute(_MOVEMENTS.insert(), _movement(lot, taken, request_id, time.time()))
            took.append({"lot": number, "quantity": taken})
            quantity -= taken
            if not quantity:
                break
    return took
