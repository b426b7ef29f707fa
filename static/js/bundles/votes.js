// The page where people vote on pairs of pictures.

import "./frame.js";
import "../votes/keyboard.js";
