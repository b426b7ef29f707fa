// Everything that the viewer does, on its page and in a dialog.

import "./tools.js";
import "./prefetch.js";
import "./turning.js";
import "./dialog.js";
import "./actions.js";
import "./visibility.js";
import "./tag_box.js";
import "./leaving.js";
import "./keyboard.js";
import "./swipe.js";
import "./zoom.js";
import "../runs/double_click.js";
import "../runs/run_actions.js";
import "../copy_to_clipboard.js";
import "../media_errors.js";
