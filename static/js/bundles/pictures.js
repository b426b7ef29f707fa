// Pages that show pictures, as the board and the gallery: the viewer, selecting, what is done to one
// or many, and news of runs.

import "./frame.js";
import "../viewer/tools.js";
import "../viewer/prefetch.js";
import "../viewer/turning.js";
import "../viewer/dialog.js";
import "../viewer/actions.js";
import "../viewer/visibility.js";
import "../viewer/tag_box.js";
import "../viewer/leaving.js";
import "../viewer/keyboard.js";
import "../viewer/share.js";
import "../viewer/swipe.js";
import "../viewer/zoom.js";
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
import "../gallery/viewer_updates.js";
import "../runs/viewer_updates.js";
import "../gallery/popovers.js";
import "../gallery/scroll_restoration.js";
import "../gallery/infinite_scroll.js";
import "../gallery/find_by_picture.js";
