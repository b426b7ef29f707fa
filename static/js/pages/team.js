// The pages of people, API keys and usage.

import "../frame/every_page.js";
import "../copy_to_clipboard.js";
