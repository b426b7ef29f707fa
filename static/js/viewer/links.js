// The links that open the viewer over a page, and the addresses that they lead to.

export const LINK = "a[data-viewer]:not(#viewer *)";

/** The path of a picture's page. */
export const PICTURE = /\/gallery\/[0-9a-f-]{36}\/$/;

export const isPlainClick = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
