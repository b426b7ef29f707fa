// Scripts that every page loads.

import "./keys.js";
import "./theme.js";
import "./poll_pauses.js";
import "../time_zone.js";
import "../local_times.js";
