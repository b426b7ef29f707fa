// The gallery: filters, search by image, further pages, the way back to where one was.

import "./pictures.js";
import "../gallery/popovers.js";
import "../gallery/scroll_restoration.js";
import "../gallery/infinite_scroll.js";
import "../gallery/find_by_picture.js";
