// The page of one run.

import "../frame/every_page.js";
import "../media_errors.js";
import "../runs/morphing.js";
import "../runs/return_to_picture.js";
import "../runs/double_click.js";
import "../runs/run_actions.js";
import "../copy_to_clipboard.js";
import "../viewer/viewer.js";
import "../runs/viewer_updates.js";
