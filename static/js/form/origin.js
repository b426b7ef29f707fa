const ORIGINS = ["from", "again", "example", "preset", "prompt", "draft"];

/**
 * Take out of the address what the form was opened with, as soon as a draft is kept: the draft
 * comes back by the plain address, and a run, an example or a preset would replace it.
 */
export function forgetOrigin() {
  const address = new URL(location.href);
  const named = ORIGINS.filter((name) => address.searchParams.has(name));
  if (!named.length) return;
  for (const name of named) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}
