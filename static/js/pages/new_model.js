// The page that takes the description of a model.

import "../frame/every_page.js";
import "../large_paste.js";
