/* Owns: telling a scan that began before the page was listening: its head is lost, so its tail must not pass for a code.
 * Must never hold back a scan that began later. */

import { DEFAULTS } from "./kiosk/wedge.js";

const QUIET_MS = 400;
const HEAD_MS = DEFAULTS.headMs; // a code that begins so soon after the page is taken for a tail

/** A function that says whether scans can be trusted yet: once no key came for a moment. Marks `element` then. Where
 * first_keys.js listened from the first moment the wedge itself knows a tail, and nothing is doubted here. */
export function watchFirstScan(element) {
  let ready = Boolean(window.supplyFirst);
  let timer = 0;
  const mark = () => {
    ready = true;
    element.dataset.ready = "";
    document.removeEventListener("keydown", wait, true);
  };
  const wait = () => {
    if (ready) return;
    clearTimeout(timer);
    timer = setTimeout(mark, QUIET_MS);
  };
  if (ready) setTimeout(mark, HEAD_MS);
  else document.addEventListener("keydown", wait, true); // before the wedge, which swallows what it takes
  wait();
  return () => ready;
}
