const isPlain = (type) => type?.startsWith("text/plain") ?? false;

/** Whether an answer to a request is a sentence for a person, and no page. */
export const isText = (request) => isPlain(request.getResponseHeader("Content-Type"));

/** Return the sentence that an answer to `fetch` is; "" of a page. */
export const readText = async (answer) =>
  isPlain(answer.headers.get("Content-Type")) ? answer.text() : "";
