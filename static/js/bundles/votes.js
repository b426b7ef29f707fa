// The page on which people vote on pairs.

import "./frame.js";
import "../votes/keyboard.js";
