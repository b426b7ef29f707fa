// The page that takes the description of a model.

import "../large_paste.js";
