"""Draws a tile of the gallery in a template: {% gallery_tile tile grid %}."""

from django import template

from playground.gallery.tiles import draw_tile

register = template.Library()
register.simple_tag(draw_tile, name="gallery_tile")
