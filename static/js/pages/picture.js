// The page of one picture.

import "../frame/every_page.js";
import "../viewer/viewer.js";
