/** Whether an answer is a sentence for a person, and no page. */
export function isText(request) {
  return request.getResponseHeader("Content-Type")?.startsWith("text/plain") ?? false;
}
