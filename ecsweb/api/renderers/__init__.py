"""A call in the words of other tools: as every click *is* an API call, each can be shown as what one would type."""

from __future__ import annotations

from ecsweb.api.renderers.cli import cli_command
from ecsweb.api.renderers.cloudformation import cloudformation_resource, cloudformation_template
from ecsweb.api.renderers.python import boto3_code

__all__ = ["boto3_code", "cli_command", "cloudformation_resource", "cloudformation_template"]
