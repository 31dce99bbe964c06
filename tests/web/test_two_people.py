"""Two people change one thing: the later is told what the other did, keeps what was typed, and may still send it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client

from ecsweb.models import (
    AccountSetting,
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    Event,
    Parameter,
    Service,
)
from tests.world import World

pytestmark = pytest.mark.django_db

ENGLISH = {"Accept-Language": "en"}
CLUSTER_ARN = "arn:aws:ecs:ap-northeast-2:123456789012:cluster/demo"
TOLD = "This was changed since you began: "


@dataclass
class Form:
    """A form as a browser has it: where it goes, and what it sends when nothing is touched."""

    action: str
    sent: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and ("selected" in given or self.select not in self.found[-1].sent):
            self.found[-1].sent[self.select] = [given["value"]]
        elif tag == "input" and "name" in given and (given.get("type") != "checkbox" or "checked" in given):
            self.found[-1].sent.setdefault(given["name"], []).append(
                given.get("value", "on" if given.get("type") == "checkbox" else "")
            )


def opened(client: Client, page: str, form: str = "", text: str | None = None) -> Form:
    """Open a page and return its form that has this field (or any), with the address it goes to."""
    reader = Forms()
    reader.feed(client.get(page, headers=ENGLISH).content.decode() if text is None else text)
    one = next(
        each for each in reader.found if any(name.endswith(form) for name in each.sent) and "lang" not in each.sent
    )
    return Form(one.action or page.partition("?")[0], one.sent)


def save(client: Client, form: Form, **typed: object) -> tuple[int, str]:
    answer = client.post(form.action, {**form.sent, **typed}, headers=ENGLISH)
    return answer.status_code, answer.content.decode()


def told(text: str) -> str:
    found = re.search(rf"{TOLD}(.*?)\. If you still want this, send it once more\.", html.unescape(text))
    return found[1] if found else ""


@pytest.fixture
def here(world: World) -> World:
    world.call(
        "CreateAutoScalingGroup",
        cluster="demo",
        AutoScalingGroupName="machines",
        InstanceType="t3.small",
        MinSize=0,
        MaxSize=4,
        DesiredCapacity=1,
        AvailabilityZones=["ap-northeast-2a"],
    )
    arn = AutoScalingGroup.objects.get().arn
    provider = {"autoScalingGroupArn": arn, "managedScaling": {"status": "ENABLED"}}
    world.call("CreateCapacityProvider", name="machines", autoScalingGroupProvider=provider)
    world.register("web")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    return world


@dataclass(frozen=True)
class Case:
    """A page with a form, what the first and the second of two fill in, and what the second is told."""

    page: str
    has: str
    first: dict[str, object]
    second: dict[str, object]
    words: str


TAG = Case(
    f"/tags/?resource={CLUSTER_ARN}",
    "key",
    {"key": "team", "value": "blue"},
    {"key": "team", "value": "green"},
    "team nothing → blue",
)
CASES = {
    "service": Case(
        "/clusters/demo/services/web/",
        "desired_count",
        {"desired_count": "5"},
        {"desired_count": "4"},
        "desiredCount 3 → 5",
    ),
    "cluster settings": Case(
        "/clusters/demo/settings/",
        "container_insights",
        {"container_insights": "enabled"},
        {"container_insights": "enhanced"},
        "containerInsights disabled → enabled",
    ),
    "group": Case("/clusters/demo/capacity/", "-max_size", {"-max_size": "9"}, {"-max_size": "7"}, "MaxSize 4 → 9"),
    "provider": Case(
        "/clusters/demo/capacity/",
        "-target_capacity",
        {"-target_capacity": "80"},
        {"-target_capacity": "60"},
        "targetCapacity 100 → 80",
    ),
    "providers of the cluster": Case(
        "/clusters/demo/capacity/",
        "weight_machines",
        {"used": ["machines"], "weight_machines": "1"},
        {"used": ["machines"], "weight_machines": "2"},
        "capacityProviders nothing → machines; defaultCapacityProviderStrategy nothing → machines (base 0, weight 1)",
    ),
    "tag": TAG,
    "tag on the page of its cluster": replace(TAG, page="/clusters/demo/"),
    "account setting": Case(
        "/account-settings/",
        "value",
        {"name": "containerInsights", "value": "enabled"},
        {"name": "containerInsights", "value": "enhanced"},
        "containerInsights disabled → enabled",
    ),
    "parameter": Case(
        "/parameters/",
        "type",
        {"name": "key", "type": "String", "value": "one"},
        {"name": "key", "type": "String", "value": "two"},
        "key nothing → String 1",
    ),
}


def filled(form: Form, typed: dict[str, object]) -> dict[str, object]:
    """Return what is typed by the form's own names: a field that begins with a dash has the form's prefix."""
    names = {name: next((own for own in form.sent if name[0] == "-" and own.endswith(name)), name) for name in typed}
    return {names[name]: value for name, value in typed.items()}


def values() -> object:
    """Return what the forms write."""
    return json.loads(
        json.dumps(
            [
                [row.desired_count for row in Service.objects.all()],
                [[row.settings, row.tags, row.default_capacity_provider_strategy] for row in Cluster.objects.all()],
                [row.max_size for row in AutoScalingGroup.objects.all()],
                [row.managed_scaling["targetCapacity"] for row in CapacityProvider.objects.all()],
                [row.value for row in AccountSetting.objects.all()],
                [row.value for row in Parameter.objects.all()],
            ]
        )
    )


@pytest.mark.parametrize("name", CASES)
def test_the_later_is_told_loses_nothing_and_may_save_over_it(here: World, client: Client, name: str) -> None:
    case = CASES[name]
    mine, theirs = opened(client, case.page, case.has), opened(client, case.page, case.has)
    typed = filled(mine, case.second)
    assert save(client, theirs, **filled(theirs, case.first))[0] == 302
    # A cluster whose providers are being attached is busy for a moment, and ECS refuses the next call.
    Cluster.objects.exclude(attachments_ready_at=None).update(attachments_ready_at=here.clock.now - timedelta(days=1))
    between = values()

    status, text = save(client, mine, **typed)

    assert (status, told(text)) == (422, case.words)
    assert values() == between
    again = opened(client, case.page, case.has, text)
    kept = {name: again.sent.get(name, [""]) for name in typed}
    assert kept == {name: value if isinstance(value, list) else [str(value)] for name, value in typed.items()}
    assert save(client, Form(mine.action, again.sent))[0] == 302
    assert values() != between


@pytest.mark.parametrize("name", CASES)
def test_whoever_is_alone_is_told_nothing(here: World, client: Client, name: str) -> None:
    case = CASES[name]
    form = opened(client, case.page, case.has)

    assert save(client, form, **filled(form, case.first))[0] == 302


def test_another_tag_or_another_setting_is_nothing_to_be_told_of(here: World, client: Client) -> None:
    page = f"/tags/?resource={CLUSTER_ARN}"
    form = opened(client, page, "key")
    here.call("TagResource", resourceArn=CLUSTER_ARN, tags=[{"key": "other", "value": "x"}])

    assert save(client, form, key="team", value="blue")[0] == 302
    settings = opened(client, "/account-settings/", "value")
    here.call("PutAccountSetting", name="awsvpcTrunking", value="enabled")
    assert save(client, settings, name="containerInsights", value="enabled")[0] == 302


def many(world: World, of: str) -> None:
    """Have so many parameters that a page cannot keep them word for word."""
    rows = [{"name": f"/{of}/{'long/' * 9}{number}", "value": "x", "type": "String"} for number in range(400)]
    cluster, now = Cluster.objects.get(), world.clock.now
    here = {"account": cluster.account, "region": cluster.region, "last_modified_at": now}
    Parameter.objects.bulk_create(Parameter(**here, **row) for row in rows)


def test_the_later_is_told_however_much_is_there(here: World, client: Client) -> None:
    many(here, "first")
    here.call("ssm:PutParameter", Name="key", Value="one", Type="String")
    form = opened(client, "/parameters/", "type")
    many(here, "second")
    here.call("ssm:PutParameter", Name="key", Value="two", Overwrite=True)

    status, text = save(client, form, name="key", type="String", value="three")

    assert len(form.sent["began"][0]) < 12_000
    assert (status, told(text)) == (422, "key … → String 2")
    again = opened(client, "/parameters/", "type", text)
    assert save(client, again)[0] == 302
    assert Parameter.objects.get(name="key").value == "three"


def test_of_very_much_too_what_others_do_elsewhere_is_nothing_to_be_told_of(here: World, client: Client) -> None:
    many(here, "first")
    form = opened(client, "/parameters/", "type")
    here.call("ssm:PutParameter", Name="other", Value="one", Type="String")

    assert save(client, form, name="key", type="String", value="one")[0] == 302


AGAIN = {
    "en": "Type the value again: a secret is never sent back to a page.",
    "ko": "값을 다시 입력해 주세요. 비밀 값은 페이지로 다시 보내지 않습니다.",
}


@pytest.mark.parametrize("language", AGAIN)
def test_a_secret_is_typed_again_rather_than_sent_back(here: World, client: Client, language: str) -> None:
    typed = {"name": "key", "type": "SecureString", "value": "rosebud"}
    form = opened(client, "/parameters/", "type")
    here.call("ssm:PutParameter", Name="key", Value="one", Type="SecureString")

    text = client.post("/parameters/", {**form.sent, **typed}, headers={"Accept-Language": language}).content.decode()

    assert AGAIN[language] in text
    assert "rosebud" not in text
    again = opened(client, "/parameters/", "type", text)
    assert again.sent["name"] == ["key"]
    assert save(client, again, value="rosebud")[0] == 302
    assert Parameter.objects.get(name="key").value == "rosebud"


@pytest.mark.parametrize(("kind", "is_kept"), [("String", True), ("SecureString", False), ("Unheard", False)])
def test_of_a_refused_parameter_only_a_secret_is_not_sent_back(
    here: World, client: Client, kind: str, is_kept: bool
) -> None:
    status, text = save(client, Form("/parameters/"), name="aws-key", type=kind, value="rosebud")

    assert (status, "rosebud" in text, AGAIN["en"] in text) == (422, is_kept, not is_kept)


def test_whoever_typed_no_secret_is_not_asked_for_it_again(here: World, client: Client) -> None:
    text = save(client, Form("/parameters/"), name="key", type="SecureString", value="")[1]

    assert AGAIN["en"] not in text


def test_asking_for_the_command_is_no_change_and_tells_nothing(here: World, client: Client) -> None:
    form = opened(client, "/clusters/demo/settings/", "container_insights")
    here.call("UpdateClusterSettings", cluster="demo", settings=[{"name": "containerInsights", "value": "enabled"}])
    before = Event.objects.count()

    status, text = save(client, form, container_insights="enhanced", as_command="yes")

    assert (status, "update-cluster-settings" in text, told(text)) == (200, True, "")
    assert Event.objects.count() == before


@pytest.mark.parametrize("began", ["", "{", "[]", "7", '{"containerInsights": {"a": [1]}}', "\0", "[" * 100_000, "[1]"])
def test_what_no_page_of_ours_sent_is_no_state_and_breaks_nothing(here: World, client: Client, began: str) -> None:
    answer = client.post("/clusters/demo/settings/", {"container_insights": "enhanced", "began": began})

    assert answer.status_code == (422 if "a" in began else 302)
