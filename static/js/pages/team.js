// The pages of people, API keys and usage.

import "../frame/keys.js";
import "../time_zone.js";
import "../local_times.js";
import "../copy_to_clipboard.js";
