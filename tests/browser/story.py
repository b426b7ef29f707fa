"""The schema of a model whose form has every dynamic part."""

from typing import Any

SLUG = "story-board"
MOODS = [
    "calm", "cheerful", "cold", "dark", "dreamy", "eerie", "festive", "gloomy", "golden", "grand",
    "harsh", "hopeful", "lonely", "misty", "moonlit", "quiet", "rainy", "romantic", "stormy",
    "warm", "wild",
]  # fmt: skip
SCENE: dict[str, Any] = {
    "type": "object",
    "title": "Scene",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "title": "What happens"},
        "seconds": {"type": "integer", "title": "Seconds", "minimum": 1, "maximum": 60},
    },
}
SOURCE: dict[str, Any] = {
    "title": "Start",
    "oneOf": [
        {
            "type": "object",
            "title": "From words",
            "properties": {
                "kind": {"const": "words"},
                "words": {"type": "string", "title": "Words"},
            },
            "required": ["kind", "words"],
        },
        {
            "type": "object",
            "title": "From a place",
            "properties": {
                "kind": {"const": "place"},
                "latitude": {"type": "number", "title": "Latitude"},
                "longitude": {"type": "number", "title": "Longitude"},
            },
            "required": ["kind", "latitude", "longitude"],
        },
    ],
}
CAMERA: dict[str, Any] = {
    "type": "object",
    "title": "Camera",
    "description": "How it is filmed; left to the model otherwise.",
    "required": ["lens"],
    "properties": {
        "lens": {"type": "string", "title": "Lens"},
        "shaky": {"type": "boolean", "title": "Hand-held", "default": False},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Story board",
    "required": ["prompt", "source"],
    "properties": {
        "prompt": {
            "type": "string",
            "title": "Prompt",
            "description": "What the whole story is about.",
            "maxLength": 20,
            "x-playground": {"widget": "textarea", "rows": 3},
        },
        "scenes": {"type": "array", "title": "Scenes", "items": SCENE, "maxItems": 4},
        "source": SOURCE,
        "voice": {"type": "string", "title": "Voice", "description": "Who tells it."},
        "camera": CAMERA,
        "mood": {"enum": MOODS, "title": "Mood"},
        "strength": {
            "type": "number",
            "title": "Strength",
            "default": 0.5,
            "minimum": 0,
            "maximum": 1,
            "multipleOf": 0.1,
        },
        "first": {"type": "integer", "title": "First year"},
        "last": {"type": "integer", "title": "Last year"},
        "credits": {
            "type": "object",
            "title": "Credits",
            "additionalProperties": {"type": "string"},
        },
        "chapter": {"$ref": "#/$defs/Chapter", "title": "Chapter"},
        "seed": {"type": "integer", "title": "Seed", "x-playground": {"advanced": True}},
    },
    "if": {"properties": {"voice": {"minLength": 1}}, "required": ["voice"]},
    "then": {"properties": {"accent": {"type": "string", "title": "Accent"}}},
    "$defs": {
        "Chapter": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "title": "Name"},
                "next": {"$ref": "#/$defs/Chapter", "title": "Chapter"},
            },
        }
    },
    "x-validations": [
        {
            "rule": "!has(self.first) || !has(self.last) || self.first <= self.last",
            "message": "The story ends before it begins.",
            "fields": ["/last"],
        }
    ],
}
