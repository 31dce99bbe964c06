"""The table of pages, by name: a page of a new feature is added here, and every test of looks knows it.

`{running}` and `{stopped}` are a task's id, `{instance}` is a container instance's.
"""

from __future__ import annotations

CLUSTERS = {
    "home": "/",
    "cluster": "/clusters/demo/",
    "stage-1": "/clusters/demo/?stage=1",
    "stage-2": "/clusters/demo/?stage=2",
    "empty": "/clusters/empty/",
    "launch": "/clusters/demo/launch/",
    "cluster-settings": "/clusters/demo/settings/",
    "tags": "/tags/?resource=arn:aws:ecs:ap-northeast-2:123456789012:cluster/demo",
    "reservations": "/clusters/demo/?view=capacity",
    "capacity": "/clusters/demo/capacity/",
    "picture-as-text": "/clusters/demo/text/",
    "instance": "/clusters/demo/instances/{instance}/",
    "what-if": "/clusters/demo/what-if/LoseInstance/{instance}/",
}
PANELS = {
    "panel-task": "/clusters/demo/?panel=task:{running}",
    "panel-stopped": "/clusters/demo/?panel=task:{stopped}",
    "panel-instance": "/clusters/demo/?panel=instance:{instance}",
    "panel-service": "/clusters/demo/?panel=service:batch",
    "panel-definition": "/clusters/demo/?panel=definition:web:2",
    "panel-cluster": "/clusters/demo/?panel=cluster:demo",
    "panel-container": "/clusters/demo/?panel=container:{running}~app",
    "panel-event": "/clusters/demo/?panel=event:12",
}
TASKS_AND_SERVICES = {
    "run": "/clusters/demo/run/",
    "task": "/clusters/demo/tasks/{running}/",
    "task-stopped": "/clusters/demo/tasks/{stopped}/",
    "vanished": "/clusters/demo/tasks/nothing/",
    "create-service": "/clusters/demo/services/create/",
    "create-external-service": "/clusters/demo/services/create-external/",
    "service": "/clusters/demo/services/web/",
    "service-waiting": "/clusters/demo/services/batch/",
    "service-logs": "/clusters/demo/services/web/logs/",
}
DEFINITIONS = {
    "definitions": "/task-definitions/",
    "definition": "/task-definitions/web:2/",
    "register": "/task-definitions/register/",
    "register-next": "/task-definitions/register/?from=web:2",
    "diff": "/task-definitions/web:1/diff/web:2/",
    "deploy": "/task-definitions/web:1/deploy/",
}
ACCOUNT = {
    "account-settings": "/account-settings/",
    "parameters": "/parameters/",
    "console": "/console/",
    "shortcuts": "/shortcuts/",
    "login": "/login/",
    "no-such-page": "/nothing/",
}
LEARNING = {
    "learn": "/learn/",
    "lesson": "/learn/lessons/empty-place/",
    "scenes": "/learn/scenes/",
    "scene": "/learn/scenes/at-a-glance/",
    "predict": "/clusters/demo/predict/LoseInstance/{instance}/",
    "predictions": "/learn/predictions/",
    "check": "/learn/check/",
    "question": "/learn/check/comes-back/",
    "ordering": "/learn/check/order/lines-of-a-definition/",
    "scheduler-game": "/learn/scheduler/",
    "glossary": "/learn/glossary/",
    "differs": "/learn/differs/",
    "take-to-aws": "/learn/take-to-aws/?cluster=demo",
    "sheet": "/learn/sheet/",
}
THE_PAST = {
    "timeline": "/timeline/",
    "past": "/clusters/demo/?at=20",
    "recordings": "/recordings/",
    "try": "/timeline/try/?at=20",
    "twins": "/twins/?left=service:demo/web&right=service:demo/logs",
}
PAGES = CLUSTERS | PANELS | TASKS_AND_SERVICES | DEFINITIONS | ACCOUNT | LEARNING | THE_PAST
