// The page that takes the description of a model.

import "../frame/keys.js";
import "../large_paste.js";
