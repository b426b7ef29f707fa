import { changePageAddress } from "../page_address.js";

const ORIGINS = ["from", "again", "example", "preset", "prompt", "draft"];

/**
 * Remove from the URL what the form was opened with, as soon as a draft is saved. The plain URL opens the
 * draft; with a run, an example or a preset in the URL, a reload would replace the draft.
 */
export function forgetOrigin() {
  changePageAddress(({ searchParams }) => {
    for (const name of ORIGINS) searchParams.delete(name);
  });
}
