// The viewer. The page of a picture loads this at once; other pages load it lazily, when the pointer is first
// on a picture or a picture is opened.

import "./pictures.js";
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
import "../gallery/viewer_updates.js";
import "../runs/viewer_updates.js";
