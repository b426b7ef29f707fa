const isPlain = (type) => type?.startsWith("text/plain") ?? false;

/** Whether the response to an XMLHttpRequest is a plain text message, and not a page. */
export const isText = (request) => isPlain(request.getResponseHeader("Content-Type"));

/** Return the plain text message in a response to `fetch`; "" if the response is a page. */
export const readText = async (answer) =>
  isPlain(answer.headers.get("Content-Type")) ? answer.text() : "";
