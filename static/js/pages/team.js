// The pages of people, API keys and usage.

import "../local_times.js";
import "../copy_to_clipboard.js";
