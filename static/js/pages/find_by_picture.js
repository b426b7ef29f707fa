// Search by image.

import "../frame/every_page.js";
import "../gallery/find_by_picture.js";
import "../density.js";
import "../viewer/viewer.js";
