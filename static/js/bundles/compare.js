// The page that compares outputs side by side.

import "./pictures.js";
import { forgetCompared } from "../gallery/comparing.js";
import "../compare/zoom.js";
import "../compare/modes.js";
import "../compare/actions.js";
import "../compare/players.js";
import "../compare/keyboard.js";

forgetCompared();
