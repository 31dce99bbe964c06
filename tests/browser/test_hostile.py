"""Forty hostile strings in every text that is stored, in a real browser: text, no dialog, no complaint, no broken page.

ECS's own patterns refuse most of them in names, tags and attributes; the refused calls stand in the log, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from playwright.sync_api import Dialog, Request

from tests.browser.conftest import Scene, Tab
from tests.stack import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
CLUSTER = "hostile"
STRINGS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</script></pre></textarea><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>x</button></form>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus x='",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}`${7*7}`",
    "%(name)s %s %d %%",
    "<!-- --><![CDATA[ ]]>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "hx-get=/reset hx-trigger=load",
    "<div hx-get='/clusters/demo/' hx-trigger='load'></div>",
    "\u202egnirts desrever\u202c",
    "\u2066\u202eisolated\u2069",
    "مرحبا بالعالم – עברית",
    "\u200b\u200c\u200d\ufeff",
    "Z̷̡͚̹̗͐͌a̵̛̭͕l̶̨̗̈g̵̢̛o̸̧͓͌ ̷̻̈t̶̟̄e̸̛̠x̷̻̾t̸̤̏",
    "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "\x1b[2J\x1b[Hcleared",
    "line\r\nbreak\rback\tTAB",
    "\x01\x02\x03\x08\x0b\x0c\x7f",
    "한글 " * 40,
    "W" * 255,
    "a" + "\u0301" * 60,
    "word " * 50,
    " ",
    "",
    "'; DROP TABLE ecsweb_task; --",
    "../../../../etc/passwd\\..\\..\\windows",
]


def stored(scene: Scene, text: str) -> int:
    """Put the text wherever the API takes one; return how many places took it. A refusal is an answer as well."""
    ecs, taken = scene.ecs, 0
    container: dict[str, Any] = {
        "name": "app",
        "image": "ecsweb/web:1",
        "memory": 16,
        "command": ["sh", "-c", text],
        "environment": [{"name": "TEXT", "value": text}],
        "dockerLabels": {"label": text},
        "healthCheck": {"command": ["CMD-SHELL", text or "true"]},
    }
    calls: list[Callable[[], Any]] = [
        lambda: ecs.create_cluster(clusterName=text),
        lambda: ecs.register_task_definition(family="hostile", containerDefinitions=[container]),
        lambda: ecs.register_task_definition(family="hostile", containerDefinitions=[{**container, "image": text}]),
        lambda: ecs.tag_resource(resourceArn=cluster_arn(scene), tags=[{"key": text, "value": text}]),
        lambda: ecs.tag_resource(resourceArn=cluster_arn(scene), tags=[{"key": f"k{len(text)}", "value": text}]),
        lambda: ecs.run_task(cluster=CLUSTER, taskDefinition="hostile:1", group=text, startedBy=text),
        lambda: ecs.create_service(cluster=CLUSTER, serviceName=text, taskDefinition="hostile:1", desiredCount=0),
        lambda: stopped_for(scene, text),
        lambda: ecs.put_attributes(cluster=CLUSTER, attributes=[attribute(scene, text)]),
    ]
    refusals: list[str] = []
    for call in calls:
        try:
            call()
            taken += 1
        except (ClientError, ParamValidationError) as error:
            # The server says what is wrong; an error of its own would be another status.
            refusals.append(str(error))
    assert not any("ServerException" in one or "500" in one for one in refusals), refusals
    return taken


# What AWS's protocol does not reach or the pages alone take: parameters, output of containers, recordings with their
# names and all that they quote, groups of machines. Each text goes into each; a refusal is an answer.
OURS = """
import json, sys
import django
django.setup()
from ecsweb.api import call
from ecsweb.api.principal import root_of
from ecsweb.domain.errors import EcsError
from ecsweb.models import Container, ContainerLog
from django.utils import timezone
texts, document = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
who, taken = root_of("123456789012", "ap-northeast-2", origin="page"), 0
for place, text in enumerate(texts):
    group = {"AutoScalingGroupName": text, "cluster": "hostile", "InstanceType": "t3.micro", "MinSize": 0, "MaxSize": 0}
    for operation, params in (
        ("ssm:PutParameter", {"Name": f"/hostile/{place}", "Value": text, "Description": text, "Type": "String"}),
        ("ssm:PutParameter", {"Name": text, "Value": "1", "Type": "String"}),
        ("CreateAutoScalingGroup", group),
    ):
        try:
            call(who, operation, params)
            taken += 1
        except EcsError:
            continue
for name in (texts[1], texts[10], texts[22], texts[33]):
    call(who, "ImportRecording", {"name": name, "document": document})
lines = "".join(f"2026-01-01T00:00:00.000000000Z {text}\\n" for text in texts)
for container in Container.objects.filter(task__cluster__name="hostile", last_status="STOPPED"):
    values = {"text": lines, "is_complete": True, "updated_at": timezone.now()}
    ContainerLog.objects.update_or_create(container=container, defaults=values)
print(taken)
"""


def stored_by_us(scene: Scene) -> int:
    """Put the texts where only our own operations and the agent put any; return how many were taken."""
    texts, document = scene.stack.data / "texts.json", scene.stack.data / "document.json"
    texts.write_text(json.dumps(STRINGS), encoding="utf-8")
    document.write_text(json.dumps(scene.recording()), encoding="utf-8")
    return int(scene.stack.run("-c", OURS, str(texts), str(document)).split()[-1])


def cluster_arn(scene: Scene) -> str:
    return str(scene.ecs.describe_clusters(clusters=[CLUSTER])["clusters"][0]["clusterArn"])


def attribute(scene: Scene, text: str) -> dict[str, str]:
    return {"name": "text", "value": text, "targetId": instance(scene)}


def stopped_for(scene: Scene, reason: str) -> None:
    made = scene.ecs.run_task(cluster=CLUSTER, taskDefinition="web:1")["tasks"]
    scene.ecs.stop_task(cluster=CLUSTER, task=made[0]["taskArn"], reason=reason)


@pytest.fixture(scope="module")
def hostile(scene: Scene) -> Scene:
    """A cluster of its own where every hostile string was put into every text."""
    scene.ecs.create_cluster(clusterName=CLUSTER)
    document = '{"instanceType": "t3.xlarge", "availabilityZone": "ap-northeast-2a"}'
    scene.ecs.register_container_instance(cluster=CLUSTER, instanceIdentityDocument=document)
    taken = {text: stored(scene, text) for text in STRINGS}
    assert len(taken) == 40
    assert sum(count >= 2 for count in taken.values()) >= 36, taken
    scene.ecs.create_service(cluster=CLUSTER, serviceName="kept", taskDefinition="hostile:1", desiredCount=0)
    ended = {"cluster": CLUSTER, "desiredStatus": "STOPPED"}
    wait_until("one of the tasks is over", lambda: bool(scene.ecs.list_tasks(**ended)["taskArns"]))
    assert stored_by_us(scene) >= 30
    return scene


def addresses(scene: Scene) -> list[str]:
    """Return the pages where the texts are shown."""
    stopped = scene.ecs.list_tasks(cluster=CLUSTER, desiredStatus="STOPPED")["taskArns"]
    running = scene.ecs.list_tasks(cluster=CLUSTER)["taskArns"]
    revisions = scene.ecs.list_task_definitions(familyPrefix="hostile", sort="DESC")["taskDefinitionArns"]
    names = [arn.rsplit("/", 1)[1] for arn in revisions]
    tasks = [arn.rsplit("/", 1)[1] for arn in (*stopped[:6], *running[:6])]
    return [
        "/",
        f"/clusters/{CLUSTER}/",
        f"/clusters/{CLUSTER}/?view=capacity",
        f"/clusters/{CLUSTER}/text/",
        f"/tags/?resource={cluster_arn(scene)}",
        f"/timeline/?cluster={CLUSTER}",
        "/task-definitions/",
        *(f"/clusters/{CLUSTER}/tasks/{task}/" for task in tasks),
        *(f"/clusters/{CLUSTER}/?panel=task:{task}" for task in tasks[:4]),
        *(f"/task-definitions/{name}/" for name in names[:40]),
        f"/task-definitions/register/?from={names[0]}",
        f"/task-definitions/{names[1]}/diff/{names[0]}/",
        f"/task-definitions/{names[0]}/deploy/",
        *(f"/clusters/{CLUSTER}/?panel={key}" for key in panels(scene, tasks, names)),
        f"/clusters/{CLUSTER}/services/kept/",
        f"/clusters/{CLUSTER}/services/kept/logs/",
        f"/clusters/{CLUSTER}/instances/{instance(scene)}/",
        f"/clusters/{CLUSTER}/capacity/",
        f"/clusters/{CLUSTER}/run/",
        f"/clusters/{CLUSTER}/?at=60",
        "/parameters/",
        "/recordings/",
        *(f"/recordings/{number}/?cluster={CLUSTER}" for number in (1, 4)),
        "/recordings/1/try/",
        "/console/",
    ]


def panels(scene: Scene, tasks: list[str], names: list[str]) -> list[str]:
    """Return the keys of a panel of each kind."""
    kinds = [f"container:{tasks[0]}~app", f"instance:{instance(scene)}", f"cluster:{CLUSTER}", "service:kept"]
    return [*kinds, *(f"definition:{name}" for name in names[:2])]


def instance(scene: Scene) -> str:
    arns = scene.ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
    return str(arns[0].rsplit("/", 1)[1])


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_strings_are_text(hostile: Scene, open_tab: Callable[..., Tab], width: int) -> None:
    tab = open_tab(width=width)
    page, wrong = tab.page, []

    def met(dialog: Dialog) -> None:
        wrong.append(f"{page.url}: a dialog said {dialog.message}")
        dialog.dismiss()

    page.on("dialog", met)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    for address in addresses(hostile):
        answer = page.goto(hostile.url + address)
        assert answer is not None
        assert answer.status == 200, address
        page.wait_for_timeout(60)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{address} is wider than the window")
        if foreign := page.evaluate("document.querySelectorAll('main :is(script, iframe, base, style, img)').length"):
            wrong.append(f"{address} has {foreign} elements that nobody wrote")

    assert wrong == []
    assert [one for one in asked if not one.startswith((hostile.url, "data:"))] == []
    assert tab.complaints == []


def test_hostile_words_to_the_pages_themselves(hostile: Scene, open_tab: Callable[..., Tab]) -> None:
    """What is typed into search, forms and the command line comes back as text, too."""
    tab = open_tab()
    page = tab.page
    dialogs: list[str] = []

    def met(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", met)
    for text in STRINGS[:24:3]:
        for address, field in ((f"/clusters/{CLUSTER}/", "#search"), ("/", "#id_name")):
            page.goto(hostile.url + address)
            page.fill(field, text)
            with page.expect_navigation():
                page.keyboard.press("Enter")

    assert dialogs == []
    assert [one for one in tab.complaints if "422" not in one] == []
