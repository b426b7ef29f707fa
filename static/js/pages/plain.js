// A page without anything of its own: what every page has.

import "../frame/keys.js";
