// The page of one picture.

import "../frame/keys.js";
import "../viewer/viewer.js";
import "../time_zone.js";
import "../local_times.js";
