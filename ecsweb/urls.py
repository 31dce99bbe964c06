"""Addresses. `/` is two things: the AWS endpoint for AWS's clients, the home page for people."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.i18n import set_language

from ecsweb.web import assets, health
from ecsweb.web.requests import PageRequest
from ecsweb.web.views import (
    account_settings,
    capacity,
    chaos,
    clusters,
    console,
    container_instances,
    cutting,
    definition_deploy,
    definition_diff,
    definition_editor,
    differs,
    events,
    glossary,
    guesses,
    home,
    lessons,
    logs,
    ordering,
    panels,
    parameters,
    placing,
    predictions,
    quiz,
    recordings,
    running,
    scenes,
    scheduler_game,
    services,
    shortcuts,
    tags,
    taking,
    task_definitions,
    task_sets,
    tasks,
    timeline,
    trying,
    twins,
    undo,
    usage,
)
from ecsweb.wire.endpoint import endpoint, reset


@csrf_exempt
def front(request: HttpRequest) -> HttpResponseBase:
    """Tell AWS's clients from people by the header; only the former are exempt from the CSRF check."""
    if request.method == "POST" and "X-Amz-Target" in request.headers:
        return endpoint(request)
    return csrf_protect(home.home)(cast(PageRequest, request))


cluster_urls = [
    path("", clusters.detail, name="cluster"),
    path("picture/", clusters.picture, name="cluster-picture"),
    path("picture/changes/", clusters.changes, name="cluster-changes"),
    path("text/", clusters.text, name="cluster-text"),
    path("timeline/", timeline.bar, name="cluster-timeline"),
    path("timeline/since/", timeline.since, name="cluster-timeline-waiting"),
    path("what-if/<slug:change>/<path:key>/", predictions.what_if, name="what-if"),
    path("predict/<slug:change>/<path:key>/", guesses.predict, name="predict-change"),
    path("panel/<slug:kind>/<path:key>/", panels.panel, name="panel"),
    path("services/<slug:service_name>/logs/", logs.of_service, name="service-logs"),
    path("services/<slug:service_name>/scale/", panels.scale, name="scale-service"),
    path("services/<slug:service_name>/redeploy/", panels.redeploy, name="redeploy-service"),
    path("launch/", clusters.launch, name="launch-instance"),
    path("capacity/", capacity.page, name="capacity"),
    path("capacity/state/", capacity.state, name="capacity-state"),
    path("capacity/change/<slug:what>/", capacity.change, name="change-capacity"),
    path("capacity/delete-provider/", capacity.delete_provider, name="delete-capacity-provider"),
    path("capacity/delete-group/", capacity.delete_group, name="delete-auto-scaling-group"),
    path("settings/", clusters.settings, name="cluster-settings"),
    path("delete/", clusters.delete, name="delete-cluster"),
    path("run/", running.run, name="run-task"),
    path("run/overrides/", running.overrides, name="run-overrides"),
    path("put/", placing.put, name="put-revision"),
    path("services/<slug:service_name>/stop-deployment/", services.stop_deployment, name="stop-deployment"),
    path("services/create/", services.create, name="create-service"),
    path("services/create-external/", task_sets.create_service, name="create-external-service"),
    path("instances/<slug:instance_id>/", container_instances.detail, name="instance"),
    path("instances/<slug:instance_id>/state/", container_instances.state, name="instance-state"),
    path("instances/<slug:instance_id>/usage/", usage.of_instance, name="instance-usage"),
    path("instances/<slug:instance_id>/status/", container_instances.set_status, name="set-instance-status"),
    path("instances/<slug:instance_id>/deregister/", container_instances.deregister, name="deregister-instance"),
    path("instances/<slug:instance_id>/attributes/", container_instances.attribute, name="instance-attributes"),
    path("instances/<slug:instance_id>/chaos/", container_instances.chaos, name="chaos-instance"),
    path("services/<slug:service_name>/", services.detail, name="service"),
    path("services/<slug:service_name>/state/", services.state, name="service-state"),
    path("services/<slug:service_name>/steps/", services.steps, name="service-steps"),
    path("services/<slug:service_name>/update/", services.update, name="update-service"),
    path("services/<slug:service_name>/delete/", services.delete, name="delete-service"),
    path("services/<slug:service_name>/task-sets/create/", task_sets.create, name="create-task-set"),
    path("services/<slug:service_name>/task-sets/scale/", task_sets.scale, name="scale-task-set"),
    path("services/<slug:service_name>/task-sets/primary/", task_sets.make_primary, name="make-primary-task-set"),
    path("services/<slug:service_name>/task-sets/delete/", task_sets.delete, name="delete-task-set"),
    path("tasks/<slug:task_id>/", tasks.detail, name="task"),
    path("tasks/<slug:task_id>/state/", tasks.state, name="task-state"),
    path("tasks/<slug:task_id>/logs/", logs.of_task, name="task-logs"),
    path("tasks/<slug:task_id>/usage/", usage.of_task, name="task-usage"),
    path("tasks/<slug:task_id>/stop/", tasks.stop, name="stop-task"),
    path("tasks/<slug:task_id>/protect/", tasks.protect, name="protect-task"),
    path("tasks/<slug:task_id>/kill/", tasks.kill, name="kill-container"),
    path("tasks/<slug:task_id>/burden/", chaos.burden, name="burden-container"),
]

lesson_urls = [
    path("", lessons.detail, name="lesson"),
    path("state/", lessons.state, name="lesson-state"),
    path("start/", lessons.start, name="start-lesson"),
    path("leave/", lessons.leave, name="leave-lesson"),
    path("steps/<slug:step_id>/hint/", lessons.hint, name="take-hint"),
    path("steps/<slug:step_id>/predict/", lessons.predict, name="predict-step"),
    path("steps/<slug:step_id>/explain/", lessons.explain, name="explain-step"),
    path("steps/<slug:step_id>/do/", lessons.do_step, name="do-step"),
]

scene_urls = [
    path("", scenes.index, name="scenes"),
    path("cut/", cutting.page, name="cut-scene"),
    path("<slug:scene_id>/", scenes.detail, name="scene"),
    path("<slug:scene_id>/draft/<slug:kind>/", scenes.draft, name="draft-from-scene"),
    path("<slug:scene_id>/state/", scenes.state, name="scene-state"),
    path("<slug:scene_id>/steer/", scenes.steer, name="steer-scene"),
]

urlpatterns = [
    path("", front, name="home"),
    path("banners/", home.banners, name="banners"),
    path("clusters/", home.clusters, name="clusters"),
    path("clusters/<slug:name>/", include(cluster_urls)),
    path("task-definitions/", task_definitions.index, name="task-definitions"),
    path("task-definitions/families/", task_definitions.families, name="task-definition-families"),
    path("task-definitions/editor/", definition_editor.in_step, name="definition-editor"),
    path("task-definitions/register/", definition_editor.register, name="register-task-definition"),
    path("task-definitions/<str:reference>/", task_definitions.detail, name="task-definition"),
    path(
        "task-definitions/<str:reference>/deregister/", task_definitions.deregister, name="deregister-task-definition"
    ),
    path("task-definitions/<str:reference>/delete/", task_definitions.delete, name="delete-task-definition"),
    path("task-definitions/<str:reference>/deploy/", definition_deploy.deploy, name="deploy-task-definition"),
    path("task-definitions/<str:reference>/diff/<str:other>/", definition_diff.diff, name="task-definition-diff"),
    path("timeline/", events.index, name="timeline"),
    path("timeline/events/", events.lines, name="timeline-events"),
    path("timeline/export/", recordings.export, name="export-recording"),
    path("timeline/try/", trying.from_timeline, name="try-from-timeline"),
    path("recordings/", recordings.index, name="recordings"),
    path("recordings/<int:number>/", recordings.replay, name="recording"),
    path("recordings/<int:number>/try/", trying.from_recording, name="try-from-recording"),
    path("recordings/<int:number>/delete/", recordings.delete, name="delete-recording"),
    path("twins/", twins.page, name="twins"),
    path("twins/state/", twins.state, name="twins-state"),
    path("twins/do/", twins.do, name="twins-do"),
    path("twins/what-if/", twins.what_if, name="twins-what-if"),
    path("twins/contrasts/<slug:key>/", twins.set_up_contrast, name="set-up-contrast"),
    path("twins/contrasts/<slug:key>/take-down/", twins.take_down_contrast, name="take-down-contrast"),
    path("console/", console.page, name="console"),
    path("console/complete/", console.complete, name="console-complete"),
    path("undo/", undo.undo, name="undo"),
    path("images/chaos/", chaos.image, name="chaos-image"),
    path("learn/", lessons.path, name="learn"),
    path("learn/predictions/", guesses.index, name="predictions"),
    path("learn/predictions/<int:number>/", guesses.prediction, name="prediction"),
    path("learn/predictions/<int:number>/state/", guesses.state, name="prediction-state"),
    path("learn/predictions/<int:number>/explain/", guesses.explain, name="explain-prediction"),
    path("learn/lessons/<slug:lesson_id>/", include(lesson_urls)),
    path("learn/scenes/", include(scene_urls)),
    path("learn/strip/", lessons.strip, name="lesson-strip"),
    path("learn/scheduler/", scheduler_game.page, name="scheduler-game"),
    path("learn/scheduler/state/", scheduler_game.state, name="scheduler-game-state"),
    path("learn/scheduler/start/", scheduler_game.start, name="scheduler-game-start"),
    path("learn/scheduler/play/", scheduler_game.play, name="scheduler-game-play"),
    path("learn/scheduler/place/<slug:instance_id>/", scheduler_game.place, name="scheduler-game-place"),
    path("learn/scheduler/stop/<slug:task_id>/", scheduler_game.stop, name="scheduler-game-stop"),
    path("learn/sheet/", lessons.sheet, name="sheet"),
    path("learn/progress.json", lessons.export, name="export-progress"),
    path("learn/progress/", lessons.take_in, name="import-progress"),
    path("learn/glossary/", glossary.glossary, name="glossary"),
    path("learn/glossary/<slug:key>/tip/", glossary.tip, name="term-tip"),
    path("learn/differs/", differs.differs, name="differs"),
    path("learn/take-to-aws/", taking.page, name="take-to-aws"),
    path("learn/take-to-aws/<slug:name>/<slug:form>/", taking.download, name="take-to-aws-file"),
    path("learn/check/", quiz.check, name="quiz"),
    path("learn/check/order/<slug:key>/", ordering.ordering, name="ordering"),
    path("learn/check/<slug:key>/", quiz.question, name="question"),
    path("parameters/", parameters.index, name="parameters"),
    path("account-settings/", account_settings.index, name="account-settings"),
    path("account-settings/empty/", account_settings.empty, name="empty-account"),
    path("account-settings/delete/", account_settings.delete, name="delete-account-setting"),
    path("parameters/delete/", parameters.delete, name="delete-parameter"),
    path("tags/", tags.edit, name="tags"),
    path("tags/remove/", tags.remove, name="remove-tag"),
    path("region/", home.choose_region, name="choose-region"),
    path("shortcuts/", shortcuts.page, name="shortcuts"),
    path("looks/", home.choose_look, name="choose-look"),
    path("i18n/", set_language, name="set-language"),
    path("login/", LoginView.as_view(template_name="login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path(f"{settings.STATIC_URL.lstrip('/')}css/all.css", assets.style_sheet, name="style-sheet"),
    path("favicon.ico", assets.icon),
    path("_ecsweb/reset", reset, name="reset"),
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
    path("admin/", admin.site.urls),
]
handler404 = "ecsweb.web.views.errors.not_found"
handler500 = "ecsweb.web.views.errors.server_error"
