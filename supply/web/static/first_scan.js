/* Owns: telling a scan that began before the page was listening: its head is lost, so its tail must not pass for a code.
 * Must never hold back a scan that began later. */

const QUIET_MS = 400;

/** A function that says whether scans can be trusted yet: once no key came for a moment. Marks `element` then. Where
 * first_keys.js listened from the first moment the wedge knows every key itself, and nothing is doubted here. */
export function watchFirstScan(element) {
  let ready = Boolean(window.supplyFirst);
  let timer = 0;
  const wait = () => {
    if (ready) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      ready = true;
      element.dataset.ready = "";
      document.removeEventListener("keydown", wait, true);
    }, QUIET_MS);
  };
  if (ready) element.dataset.ready = "";
  else document.addEventListener("keydown", wait, true); // before the wedge, which swallows what it takes
  wait();
  return () => ready;
}
