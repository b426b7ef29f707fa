// The behaviour of every page: keyboard shortcuts, times, copying and pasting.

import "../frame/every_page.js";
import "../density.js";
import "../copy_to_clipboard.js";
import "../large_paste.js";
import "../needs_script.js";
