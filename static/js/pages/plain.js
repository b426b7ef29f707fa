// A page without anything of its own.

import "../frame/every_page.js";
