// The gallery.

import "../frame/every_page.js";
import "../gallery/selection.js";
import "../gallery/keyboard.js";
import "../gallery/bulk_panels.js";
import "../gallery/bulk_actions.js";
import "../gallery/shortcuts.js";
import "../gallery/popovers.js";
import "../gallery/scroll_restoration.js";
import "../gallery/infinite_scroll.js";
import "../density.js";
import "../gallery/find_by_picture.js";
import "../viewer/viewer.js";
import "../gallery/viewer_updates.js";
