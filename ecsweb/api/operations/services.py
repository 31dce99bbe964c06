from __future__ import annotations

from typing import Any

from ecsweb.api.batches import described, limited, with_tags_as_asked
from ecsweb.api.operations.tasks import launch_of, refuse_not_built
from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.descriptions import describe_service
from ecsweb.controlplane.references import (
    arn_for_failure,
    find_service,
    get_cluster,
    get_runnable_task_definition,
    get_service,
)
from ecsweb.controlplane.service_updates import ServiceChange, update_service
from ecsweb.controlplane.services import ServiceOrder, create_service, delete_service
from ecsweb.domain.call_texts import check_client_token
from ecsweb.domain.capacity.fargate import check_platform_version
from ecsweb.domain.errors import InvalidParameterException, UnsupportedFeatureException
from ecsweb.domain.networks import check_network
from ecsweb.domain.service_scheduler.rebalancing import as_parameter
from ecsweb.domain.services import deployment_configuration, desired_count
from ecsweb.domain.statuses import DeploymentController, LaunchType, SchedulingStrategy, ServiceStatus
from ecsweb.domain.task_sets import check_controller, check_external_service, check_external_update
from ecsweb.models import Cluster

NOT_BUILT = {
    "loadBalancers": "Load balancers",
    "serviceRegistries": "Service registries",
    "serviceConnectConfiguration": "Service Connect configurations",
    "volumeConfigurations": "Volumes configured at launch",
    "vpcLatticeConfigurations": "VPC Lattice configurations",
    "gatewayConnectors": "Gateway connectors",
    "monitoring": "Metric configurations",
}

OF_OTHER_STRATEGIES = {
    "bakeTimeInMinutes": "Bake times",
    "lifecycleHooks": "Life-cycle hooks",
    "linearConfiguration": "Linear deployments",
    "canaryConfiguration": "Canary deployments",
}


@operation("CreateService")
def create(request: Request) -> dict[str, Any]:
    params = request.params
    cluster = get_cluster(request.account, request.region, params.get("cluster"))
    if params.get("deploymentController", {}).get("type") == DeploymentController.EXTERNAL:
        return _create_external(request, cluster)
    strategy = SchedulingStrategy(params.get("schedulingStrategy", SchedulingStrategy.REPLICA))
    count = desired_count(
        strategy, params.get("desiredCount"), has_placement_strategy=bool(params.get("placementStrategy"))
    )
    _refuse_not_built(request)
    if "taskDefinition" not in params:
        raise InvalidParameterException("TaskDefinition can not be blank.", field="taskDefinition")
    check_client_token(params.get("clientToken", ""), longest=36)
    percents = params.get("deploymentConfiguration", {})
    definition = get_runnable_task_definition(request.account, request.region, params["taskDefinition"])
    (launch_type, providers), network = launch_of(request, cluster), params.get("networkConfiguration", {})
    check_network(definition.document, network, launch_type)
    order = ServiceOrder(
        name=params["serviceName"],
        task_definition=definition,
        launch_type=launch_type,
        provider_strategy=providers,
        network_configuration=network,
        scheduling_strategy=strategy,
        desired_count=count,
        configuration=deployment_configuration(
            strategy,
            minimum_healthy_percent=percents.get("minimumHealthyPercent"),
            maximum_percent=percents.get("maximumPercent"),
        ),
        created_by=request.principal.arn,
        client_token=params.get("clientToken", ""),
        tags=params.get("tags", ()),
        propagate_tags=params.get("propagateTags", "NONE"),
        enable_ecs_managed_tags=params.get("enableECSManagedTags", False),
        circuit_breaker=percents.get("deploymentCircuitBreaker", {}),
        rebalances_zones=as_parameter(params) or False,
        health_check_grace_period_seconds=params.get("healthCheckGracePeriodSeconds"),
        placement_constraints=params.get("placementConstraints", ()),
        placement_strategy=params.get("placementStrategy", ()),
    )
    return {"service": describe_service(create_service(cluster, order, now=request.now))}


def _create_external(request: Request, cluster: Cluster) -> dict[str, Any]:
    """Create a service without tasks: somebody outside gives it task sets (`ecs-facts.md` 6.10)."""
    params = request.params
    check_external_service(params)
    _refuse_not_built(request)
    percents = params.get("deploymentConfiguration", {})
    order = ServiceOrder(
        name=params["serviceName"],
        task_definition=None,
        deployment_controller=DeploymentController.EXTERNAL,
        scheduling_strategy=SchedulingStrategy.REPLICA,
        # Only the name is required here.
        desired_count=desired_count(
            SchedulingStrategy.REPLICA, params.get("desiredCount", 0), has_placement_strategy=False
        ),
        configuration=deployment_configuration(
            SchedulingStrategy.REPLICA,
            minimum_healthy_percent=percents.get("minimumHealthyPercent"),
            maximum_percent=percents.get("maximumPercent"),
        ),
        created_by=request.principal.arn,
        client_token=params.get("clientToken", ""),
        tags=params.get("tags", ()),
        propagate_tags=params.get("propagateTags", "NONE"),
        enable_ecs_managed_tags=params.get("enableECSManagedTags", False),
        health_check_grace_period_seconds=params.get("healthCheckGracePeriodSeconds"),
        placement_constraints=params.get("placementConstraints", ()),
        placement_strategy=params.get("placementStrategy", ()),
    )
    return {"service": describe_service(create_service(cluster, order, now=request.now))}


def _refuse_not_built(request: Request) -> None:
    refuse_not_built(request, NOT_BUILT, launch_types=("EC2", "FARGATE"))
    if request.params.get("deploymentController", {}).get("type") == "CODE_DEPLOY":
        raise UnsupportedFeatureException(
            "The deployment controller CODE_DEPLOY needs CodeDeploy, which is not simulated here.",
            field="deploymentController",
        )
    configuration = request.params.get("deploymentConfiguration", {})
    for name, words in OF_OTHER_STRATEGIES.items():
        if configuration.get(name):
            raise UnsupportedFeatureException(f"{words} are not simulated here.", field="deploymentConfiguration")
    if configuration.get("strategy", "ROLLING") != "ROLLING":
        raise UnsupportedFeatureException(
            "Deployment strategies other than ROLLING are not simulated here.",
            field="deploymentConfiguration",
        )
    if configuration.get("alarms", {}).get("enable"):
        # SIMPLIFIED: there is no CloudWatch whose alarms could end a deployment.
        raise UnsupportedFeatureException("Deployment alarms are not simulated here.", field="deploymentConfiguration")


@operation("UpdateService")
def update(request: Request) -> dict[str, Any]:
    params = request.params
    cluster = get_cluster(request.account, request.region, params.get("cluster"))
    service = get_service(cluster, params["service"])
    if service.deployment_controller == DeploymentController.EXTERNAL:
        check_external_update(params)
    _refuse_not_built(request)
    check_controller(params.get("deploymentController", {}).get("type"), service.deployment_controller)
    check_platform_version(params.get("platformVersion"), LaunchType(service.launch_type))
    definition = None
    if params.get("taskDefinition"):
        definition = get_runnable_task_definition(request.account, request.region, params["taskDefinition"])
    percents = params.get("deploymentConfiguration", {})
    change = ServiceChange(
        task_definition=definition,
        network_configuration=params.get("networkConfiguration"),
        desired_count=params.get("desiredCount"),
        minimum_healthy_percent=percents.get("minimumHealthyPercent"),
        maximum_percent=percents.get("maximumPercent"),
        is_new_deployment_forced=params.get("forceNewDeployment", False),
        circuit_breaker=percents.get("deploymentCircuitBreaker"),
        rebalances_zones=as_parameter(params),
        health_check_grace_period_seconds=params.get("healthCheckGracePeriodSeconds"),
        placement_constraints=params.get("placementConstraints"),
        placement_strategy=params.get("placementStrategy"),
        propagate_tags=params.get("propagateTags"),
        enable_ecs_managed_tags=params.get("enableECSManagedTags"),
        provider_strategy=params.get("capacityProviderStrategy"),
    )
    return {"service": describe_service(update_service(service, change, now=request.now))}


@operation("DeleteService")
def delete(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    service = get_service(cluster, request.params["service"])
    service = delete_service(service, is_forced=request.params.get("force", False), now=request.now)
    return {"service": describe_service(service)}


@operation("DescribeServices")
def describe(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    found, failures = described(
        limited(request.params["services"], most=10, field="services"),
        find=lambda reference: find_service(cluster, reference),
        describe=with_tags_as_asked(describe_service, request.params.get("include", ())),
        arn=lambda reference: arn_for_failure(reference, resource_type="service", cluster=cluster),
    )
    return {"services": found, "failures": failures}


@operation("ListServices")
def list_services(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    rows = cluster.services.select_related("cluster__account").filter(status=ServiceStatus.ACTIVE)
    if strategy := request.params.get("schedulingStrategy"):
        rows = rows.filter(scheduling_strategy=strategy)
    if launch_type := request.params.get("launchType"):
        rows = rows.filter(launch_type=launch_type)
    if request.params.get("resourceManagementType") == "ECS":
        # Managed Instances and Express services, of which there are none here: all are the CUSTOMER's.
        rows = rows.none()
    return page([service.arn for service in rows], request.params, key="serviceArns", default=10)
