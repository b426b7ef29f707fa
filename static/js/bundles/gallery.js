// The gallery: filters, search by image, infinite scroll, scroll restoration.

import "./pictures.js";
import "../gallery/popovers.js";
import "../gallery/scroll_restoration.js";
import "../gallery/infinite_scroll.js";
import "../gallery/find_by_picture.js";
