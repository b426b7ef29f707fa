// The page of a model that has results: selecting them, and what is done to the selected ones.

import "../gallery/selection.js";
import "../gallery/keyboard.js";
import "../gallery/bulk_panels.js";
import "../gallery/bulk_actions.js";
import "../gallery/shortcuts.js";
import "../gallery/viewer_updates.js";
import "../runs/trash.js";
