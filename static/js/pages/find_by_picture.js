// Search by image.

import "../frame/keys.js";
import "../gallery/find_by_picture.js";
import "../density.js";
import "../viewer/viewer.js";
import "../local_times.js";
