"""What happens reaches open pages through a real Valkey, each account's own pages only, and also when Valkey dies."""

from __future__ import annotations

import asyncio
import subprocess

import pytest
from asgiref.sync import sync_to_async

from ecsweb.controlplane import announcements
from ecsweb.controlplane.accounts import open_account
from ecsweb.models import Account
from tests.web.test_live import Page, with_page
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
# Longer than the 100 ms in which topics are gathered, shorter than the second of the poll.
SOON = 0.6


@pytest.fixture
def told(valkey: subprocess.Popen[bytes]) -> World:
    """A world whose announcements go through Valkey."""
    world = World()
    world.call("CreateCluster", clusterName="demo")
    return world


async def is_subscribed() -> None:
    """Wait until the page's process listens."""
    account = await sync_to_async(Account.objects.first)()
    assert account is not None
    async with asyncio.timeout(5):
        while not await sync_to_async(_listeners)(account.pk):
            await asyncio.sleep(0.02)


def _listeners(account_pk: int) -> int:
    [(_, count)] = announcements.connection().pubsub_numsub(announcements.channel(account_pk))
    return int(count)


def test_a_click_is_told_at_once_with_its_sequence(told: World) -> None:
    async def look(page: Page) -> None:
        await is_subscribed()
        await sync_to_async(told.call)("CreateCluster", clusterName="another")
        async with asyncio.timeout(SOON):
            await page.until("event: clusters\n")

    page = with_page(Page, look)

    assert f"event: clusters\nid: {Account.objects.get().last_sequence}\n" in page.text


def test_many_words_of_a_moment_are_one(told: World) -> None:
    pk = Account.objects.get().pk

    def say_much() -> None:
        for _ in range(50):
            announcements.publish(pk, topics=["cluster-7", "engine"])

    async def look(page: Page) -> None:
        await is_subscribed()
        await sync_to_async(say_much)()
        await page.until("event: engine\n")
        await asyncio.sleep(SOON)

    page = with_page(Page, look)

    assert 1 <= page.text.count("event: cluster-7\n") <= 3


def test_another_account_s_words_are_not_heard(told: World) -> None:
    stranger = open_account("999999999999").pk
    mine = Account.objects.exclude(pk=stranger).get().pk

    def say() -> None:
        announcements.publish(stranger, topics=["cluster-66"])
        announcements.publish(mine, topics=["cluster-7"])

    async def look(page: Page) -> None:
        await is_subscribed()
        await sync_to_async(say)()
        await page.until("event: cluster-7\n")

    assert "cluster-66" not in with_page(Page, look).text


def test_a_page_stays_live_when_valkey_dies(told: World, valkey: subprocess.Popen[bytes]) -> None:
    async def look(page: Page) -> None:
        await is_subscribed()
        valkey.kill()
        await sync_to_async(valkey.wait)()
        await sync_to_async(told.call)("CreateCluster", clusterName="afterwards")
        await page.until("event: clusters\n")

    with_page(Page, look)
