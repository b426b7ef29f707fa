"""The input schema of Seedream 5 Lite as published, with its keys in the provider's order."""

from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "n": {"type": "integer", "title": "Images", "default": 1, "maximum": 15, "minimum": 1},
        "size": {
            "enum": ["1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9", "auto"],
            "type": "string",
            "title": "Aspect ratio",
            "default": "1:1",
        },
        "prompt": {
            "type": "string",
            "title": "Prompt",
            "minLength": 1,
            "description": "Text prompt for image generation.",
            "x-playground": {"rows": 6, "widget": "textarea"},
        },
        "watermark": {"type": "boolean", "title": "Watermark", "default": False},
        "image_urls": {
            "type": "array",
            "items": {"type": "string"},
            "title": "Reference images",
            "maxItems": 14,
            "minItems": 1,
            "description": "Optional reference images for "
            "image-to-image generation. image_urls "
            "count plus n must be less than or equal "
            "to 15.",
            "x-playground": {
                "accept": "image/*",
                "widget": "file-upload",
                "advanced": True,
                "multiple": True,
                "uploadKind": "image",
            },
        },
        "resolution": {
            "enum": ["2k", "3k", "4k"],
            "type": "string",
            "title": "Resolution",
            "default": "2k",
        },
        "output_format": {
            "enum": ["jpeg", "png"],
            "type": "string",
            "title": "Output format",
            "default": "jpeg",
        },
        "sequential_image_generation": {
            "enum": ["disabled", "auto"],
            "type": "string",
            "title": "Grouped generation",
            "default": "disabled",
        },
        "sequential_image_generation_options": {
            "type": "object",
            "title": "Grouped generation options",
            "properties": {"max_images": {"type": "integer", "maximum": 15, "minimum": 1}},
            "x-playground": {"advanced": True},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
