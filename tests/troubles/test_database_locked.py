"""Somebody else holds the database's writer, as a back-up may: everybody waits for their turn, and nothing is lost."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, plays_on


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Nobody else can write until this ends."""
    connection = sqlite3.connect(stage.folder / "offhook/offhook.db", isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.rollback()
        connection.close()


def test_a_short_while_is_only_slow(stage: Stage, ben: Desk, customer: Customer) -> None:
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(stage):
            taken.set()
            over.wait(2.0)

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(10)
    began = time.monotonic()
    stage.ring(customer.number)
    assert time.monotonic() - began > 1.0
    over.set()
    holder.join()
    plays_on(ben, customer)
    logged_once(ben, customer)


def test_a_call_that_rings_meanwhile_is_there_afterwards(stage: Stage, ben: Desk, customer: Customer) -> None:
    """Longer than anything waits for its turn: the delivery is handed over again until it is kept."""
    with locked(stage):
        with pytest.raises(httpx.HTTPStatusError) as told:
            stage.ring(customer.number)
        assert told.value.response.json()["retryable"]
        assert ben.sees()["agent"]["email"] == ben.email, "reading goes on"
    plays_on(ben, customer)
    logged_once(ben, customer)
