// The pages of people, API keys and usage.

import "../time_zone.js";
import "../local_times.js";
import "../copy_to_clipboard.js";
