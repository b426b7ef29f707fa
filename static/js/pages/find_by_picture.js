// The page that finds a run by its picture.

import "../frame/keys.js";
import "../gallery/find_by_picture.js";
import "../viewer/viewer.js";
import "../local_times.js";
