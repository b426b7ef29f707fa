// The page that finds a run by its picture.

import "../gallery/find_by_picture.js";
