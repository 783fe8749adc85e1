/* Owns: the body of a scan request as the public interface describes it. Must never change one that was sent. */

import { newKey } from "./queue.js";

/** A new request; what is empty is left out, so that the server's own defaults hold. */
export function scanBody(fields) {
  return withoutEmpty({ ...fields, request_id: newKey() });
}

function withoutEmpty(body) {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined && value !== ""));
}
