// The gallery.

import "../gallery/grid.js";
import "../local_times.js";
import "../gallery/find_by_picture.js";
