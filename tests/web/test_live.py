"""The stream replays what a page missed, tells what happens, and does so without Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from pytest_django.fixtures import Settings

from ecsweb.models import Account, Cluster, Event
from ecsweb.web.live import MOST_REPLAYED, Message, stream
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 8.0


@pytest.fixture
def quiet(settings: Settings) -> World:
    """A world whose Redis nobody answers for: what arrives comes from the log alone."""
    settings.ECSWEB_REDIS_URL = "redis://127.0.0.1:1/1"
    world = World()
    world.call("CreateCluster", clusterName="demo")
    return world


class Page:
    """An open page: what it has received, and how it goes away."""

    def __init__(self, query: str = "", **headers: str) -> None:
        sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope: Message = {
            "type": "http", "method": "GET", "path": "/live/", "query_string": query.encode(), "headers": sent,
        }  # fmt: skip
        self.text = ""
        self.status = 0
        self.closed = asyncio.Event()

    async def receive(self) -> Message:
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()

    async def until(self, words: str) -> None:
        """Wait until the page has been told `words`."""
        async with asyncio.timeout(SECONDS):
            while words not in self.text:
                await asyncio.sleep(0.02)


def with_page(page: Callable[[], Page], then: Callable[[Page], Coroutine[Any, Any, None]]) -> Page:
    """Open a page, do `then`, close it; the stream must end by itself."""

    async def scenario() -> Page:
        opened = page()
        streaming = asyncio.create_task(stream(opened.scope, opened.receive, opened.send))
        try:
            await then(opened)
        finally:
            opened.closed.set()
            await asyncio.wait_for(streaming, SECONDS)
            await sync_to_async(connections.close_all)()
        return opened

    return asyncio.run(scenario())


def test_what_was_missed_is_replayed_once_for_each_topic(quiet: World) -> None:
    seen = Account.objects.get().last_sequence
    quiet.launch()
    newest = Account.objects.get().last_sequence
    cluster = Cluster.objects.get().pk

    async def look(page: Page) -> None:
        await page.until(f"event: cluster-{cluster}\nid: {newest}\n")

    page = with_page(lambda: Page(f"last={seen}"), look)

    assert page.status == 200
    assert page.text.startswith("retry: ")
    assert page.text.count(f"event: cluster-{cluster}\n") == 1


def test_the_header_of_a_reconnect_wins_over_the_address(quiet: World) -> None:
    newest = Account.objects.get().last_sequence

    async def look(page: Page) -> None:
        await page.until("retry: ")
        await asyncio.sleep(0.2)

    page = with_page(lambda: Page("last=0", last_event_id=str(newest)), look)

    assert "event:" not in page.text


def test_too_much_missed_is_one_refresh(quiet: World) -> None:
    account = Account.objects.get()
    missed = range(account.last_sequence + 1, account.last_sequence + MOST_REPLAYED + 2)
    now = Event.objects.latest("sequence").time
    Event.objects.bulk_create(
        Event(account=account, sequence=n, region="r", event_id=str(n), detail_type="t", source="s", time=now)
        for n in missed
    )
    Account.objects.update(last_sequence=missed[-1])

    async def look(page: Page) -> None:
        await page.until("event: refresh\n")

    page = with_page(lambda: Page(f"last={missed[0] - 1}"), look)

    assert page.text.count("event:") == 1


def test_a_sequence_from_another_installation_is_a_refresh(quiet: World) -> None:
    async def look(page: Page) -> None:
        await page.until("event: refresh\n")

    with_page(lambda: Page("last=999999"), look)


def test_without_redis_the_page_stays_live_from_the_log(quiet: World) -> None:
    seen = Account.objects.get().last_sequence

    async def look(page: Page) -> None:
        await page.until("retry: ")
        await sync_to_async(quiet.call)("CreateCluster", clusterName="later")
        await page.until("event: clusters\n")

    with_page(lambda: Page(f"last={seen}"), look)


def test_nobody_s_stream_is_refused(quiet: World, settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"

    async def look(page: Page) -> None:
        await page.until("no account")

    assert with_page(Page, look).status == 403


@pytest.mark.parametrize("last", ["", "abc", "-1", "9" * 40, "٣"])
def test_nonsense_in_the_address_is_no_replay(quiet: World, last: str) -> None:
    async def look(page: Page) -> None:
        await page.until("retry: ")

    assert with_page(lambda: Page(f"last={last}"), look).status == 200
