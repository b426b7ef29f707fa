"""Draws the card of a run in a template: {% run_card card %}."""

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from playground.runs.pages import kept_cards
from playground.runs.pages.card import Card
from playground.runs.pages.card_columns import KeptCard

register = template.Library()


@register.simple_tag(takes_context=True)
def run_card(
    context: template.RequestContext, card: Card | KeptCard, *, is_oob: bool = False
) -> SafeString:
    """Draw a card, from memory where that is possible.

    is_oob  whether it replaces the one that the page has
    """
    if kept_cards.can_be_kept(card.run):
        membership, csrf_token = context["request"].membership, str(context["csrf_token"])
        return kept_cards.draw(card, membership, csrf_token, is_oob=is_oob)
    drawn = get_template(kept_cards.TEMPLATE).template  # type: ignore[attr-defined]  # Django's own
    with context.push(card=card, is_oob=is_oob):
        return SafeString(drawn.render(context))
