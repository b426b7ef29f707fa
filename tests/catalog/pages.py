"""Documentation of models, as people copy it from pages of providers."""

import json
from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "n": {"type": "integer", "title": "Images", "default": 1, "minimum": 1, "maximum": 4},
        "size": {"enum": ["1:1", "16:9"], "type": "string", "default": "1:1"},
        "prompt": {"type": "string", "title": "Prompt", "minLength": 1},
        "options": {"type": "object", "properties": {"most": {"type": "integer"}}},
    },
    "additionalProperties": False,
}

PAGE = f"""Submit a request
Dreamer 2 Lite supports text-to-image and grouped image generation.
curl -X POST https://api.example.com/tasks \\
-H "Idempotency-Key: task_$(date +%s)" \\
-d '{{
"model": "dreamer-2-0-lite",
"input": {{"prompt": "一只在花园里玩耍的金毛犬", "size": "16:9"}}
}}'Every request must include {{an API key}} in the Authorization header.
{{
"task_id": "task_demo",
"cost_estimate": 0.0315,
"output": {{"images": [{{"url": "https://example.com/a.png"}}]}}
}}Inputs can reference hosted files.
{json.dumps(SCHEMA, indent=1)}{{"task_id": "task_demo", "cost_estimate": 0.0315}}
"""

OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pictures", "description": "Draws."},
    "paths": {
        "/images": {
            "get": {"responses": {}},
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/ImageRequest"}
                        }
                    }
                }
            },
        },
        "/videos": {"post": {"requestBody": {"$ref": "#/components/requestBodies/Video"}}},
    },
    "components": {
        "requestBodies": {
            "Video": {
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "properties": {"seconds": {"type": "integer"}}}
                    }
                }
            }
        },
        "schemas": {
            "ImageRequest": {
                "type": "object",
                "properties": {
                    "prompt": {"type": "string"},
                    "style": {"$ref": "#/components/schemas/Style"},
                },
            },
            "Style": {
                "type": "object",
                "properties": {"mood": {"$ref": "#/components/schemas/Mood"}},
            },
            "Mood": {"enum": ["calm", "wild"]},
            "ImageResponse": {"type": "object", "properties": {"url": {"type": "string"}}},
        },
    },
}

REPLICATE: dict[str, Any] = {
    "owner": "stability-ai",
    "name": "sdxl",
    "description": "A text-to-image model",
    "default_example": {"input": {"prompt": "an astronaut"}},
    "latest_version": {
        "openapi_schema": {
            "openapi": "3.0.2",
            "paths": {
                "/predictions": {
                    "post": {
                        "requestBody": {
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/PredictionRequest"}
                                }
                            }
                        }
                    }
                }
            },
            "components": {
                "schemas": {
                    "Input": {
                        "type": "object",
                        "properties": {
                            "prompt": {"type": "string"},
                            "scheduler": {"allOf": [{"$ref": "#/components/schemas/scheduler"}]},
                        },
                    },
                    "PredictionRequest": {
                        "type": "object",
                        "properties": {
                            "input": {"$ref": "#/components/schemas/Input"},
                            "webhook": {"type": "string"},
                        },
                    },
                    "Output": {"type": "array", "items": {"type": "string"}},
                    "scheduler": {"enum": ["DDIM", "K_EULER"], "type": "string"},
                }
            },
        }
    },
}

FAL: dict[str, Any] = {
    "openapi": "3.0.4",
    "info": {
        "title": "Queue OpenAPI for fal-ai/flux/dev",
        "x-fal-metadata": {"endpointId": "fal-ai/flux/dev", "category": "text-to-image"},
    },
    "components": {
        "schemas": {
            "FluxDevInput": {
                "type": "object",
                "properties": {"prompt": {"type": "string"}, "seed": {"type": "integer"}},
            },
            "FluxDevOutput": {"type": "object", "properties": {"seed": {"type": "integer"}}},
            "QueueStatus": {"type": "object", "properties": {"status": {"type": "string"}}},
        }
    },
    "paths": {
        "/fal-ai/flux/dev": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/FluxDevInput"}
                        }
                    }
                }
            }
        }
    },
}
