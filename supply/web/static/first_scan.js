/* Owns: telling a scan that began before the page was listening: its head is lost, so its tail must not pass for a code.
 * Must never hold back a scan that began later. */

const QUIET_MS = 400;

/** A function that says whether scans can be trusted yet: once no key came for a moment. Marks `element` then. */
export function watchFirstScan(element) {
  let ready = false;
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
  document.addEventListener("keydown", wait, true); // before the wedge, which swallows what it takes
  wait();
  return () => ready;
}
