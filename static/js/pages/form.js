// The page of a model: the form, and the results beside it.

import "../form/submitting.js";
import "../media_errors.js";
import "../runs/optimistic_card.js";
import "../copy_to_clipboard.js";
