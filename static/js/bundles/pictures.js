// Pages that show pictures, as the board and the gallery: selection, actions and bulk actions, and updates of
// runs.

import "./frame.js";
import "../page_address.js";
import "../viewer/loading.js";
import "../runs/double_click.js";
import "../runs/run_actions.js";
import "../runs/trash.js";
import "../runs/morphing.js";
import "../runs/return_to_picture.js";
import "../media_errors.js";
import "../gallery/selection.js";
import "../gallery/keyboard.js";
import "../gallery/bulk_panels.js";
import "../gallery/bulk_actions.js";
import "../gallery/shortcuts.js";
import "../gallery/comparing.js";
import "../gallery/tile_menu.js";
