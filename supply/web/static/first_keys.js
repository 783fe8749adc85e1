/* Owns: the keys that come before the page's own script listens, so that a scan in the first second is not lost.
 * Loaded first, in the head, before anything else; kiosk/wedge.js takes the keys over. Only on pages with a wedge. */
(() => {
  const MACHINE_MS = 60;
  const GIVE_UP_MS = 10_000; // the page's script never came: keys are the page's own again
  const first = { started: performance.now(), keys: [] };
  const fields = "input, textarea, select";
  const isField = (target) => target instanceof Element && target.matches(fields) && target.dataset.wedge !== "off";

  /** Whether the keys so far came as a machine sends them: then Enter ends a scan and does not send a form. */
  function byMachine(event) {
    const times = [...first.keys.filter((one) => one.kind === "down").map((one) => one.event.timeStamp), event.timeStamp];
    return times.length > 3 && times.slice(1).every((at, n) => at - times[n] <= MACHINE_MS);
  }

  function take(kind) {
    return (event) => {
      if (event.target instanceof Element && event.target.dataset && event.target.dataset.wedge === "off") return;
      const field = isField(event.target);
      const ends = event.key === "Enter";
      const held = event.altKey || event.metaKey || (event.ctrlKey && event.code !== "BracketRight");
      if (kind === "down" && (field ? ends && byMachine(event) : !held && (ends || event.key.length === 1))) event.preventDefault();
      first.keys.push({ kind, event, before: field ? event.target.value : null });
    };
  }

  const down = take("down");
  const up = take("up");
  addEventListener("keydown", down, true);
  addEventListener("keyup", up, true);
  first.stop = () => {
    removeEventListener("keydown", down, true);
    removeEventListener("keyup", up, true);
    return first.keys.splice(0);
  };
  addEventListener("load", () => setTimeout(first.stop, GIVE_UP_MS));
  window.supplyFirst = first;
})();
