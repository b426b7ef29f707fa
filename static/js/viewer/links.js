// The links that open the viewer, and the URLs of pictures.

export const LINK = "a[data-viewer]:not(#viewer *)";

/** Matches the path of a picture's page. */
export const PICTURE = /\/gallery\/[0-9a-f-]{36}\/$/;

export const isPlainClick = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
