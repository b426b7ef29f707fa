// The viewer of one picture.

import "../frame/keys.js";
import "../viewer/tools.js";
import "../viewer/prefetch.js";
import "../viewer/turning.js";
import "../viewer/actions.js";
import "../viewer/tag_box.js";
import "../viewer/leaving.js";
import "../viewer/keyboard.js";
import "../viewer/swipe.js";
import "../viewer/zoom.js";
import "../time_zone.js";
import "../local_times.js";
import "../runs/double_click.js";
import "../runs/run_actions.js";
import "../copy_to_clipboard.js";
import "../media_errors.js";
