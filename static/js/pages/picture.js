// The viewer of one picture.

import "../viewer/viewer.js";
import "../local_times.js";
import "../runs/run_actions.js";
import "../copy_to_clipboard.js";
import "../media_errors.js";
