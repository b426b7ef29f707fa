import { changePageAddress } from "../page_address.js";

const ORIGINS = ["from", "again", "example", "preset", "prompt", "draft"];

/**
 * Take out of the address what the form was opened with, as soon as a draft is kept: the draft
 * comes back by the plain address, and a run, an example or a preset would replace it.
 */
export function forgetOrigin() {
  changePageAddress(({ searchParams }) => {
    for (const name of ORIGINS) searchParams.delete(name);
  });
}
