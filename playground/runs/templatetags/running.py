"""Lists a member's runs in progress in a template: {% running_runs as running %}."""

from django import template

from playground.runs.pages.in_progress import Running, read_running

register = template.Library()


@register.simple_tag(takes_context=True)
def running_runs(context: template.Context) -> Running:
    return read_running(context["request"].membership)
