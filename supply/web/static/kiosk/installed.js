/* Owns: the kiosk as an app of this tablet: its service worker, whether the browser promises to keep what waits here, a new
 * release taking over, and the shell that opened without a network. Must never reload while somebody is at work. */

import { button, el } from "./dom.js";
import { openKept } from "./kept_on_tablet.js";

const QUIET_MS = 60_000;
const LOOK_MS = 5000;
const NAMED_SHELL = { enrolled: true }; // without a network a badge or a name is taken on trust; the server judges it later

/** The settings to start with: the page's own, or, in the shell, those of the last time with a network. */
export async function startSettings(settings) {
  if (!settings.shell) return settings;
  const station = new URLSearchParams(location.search).get("station") || "";
  const kept = await openKept().then((tablet) => tablet.settings(station)).catch(() => null);
  const now = new Date(Date.now() + ((kept && kept.skew) || 0)).toISOString();
  return { ...settings, station: station || null, ...kept, ...NAMED_SHELL, person: null, may: {}, csrf: "", now };
}

export class Installed {
  constructor(kiosk, { panels, sign }) {
    Object.assign(this, { kiosk, panels, sign, touchedAt: Date.now(), due: false });
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => {
      this.touchedAt = Date.now();
    });
  }

  async start() {
    if (this.kiosk.settings.shell) this.#waitForServer();
    else this.#keepSettings();
    await Promise.all([this.#register(), this.#askToKeep()]);
  }

  // --- the worker ----------------------------------------------------------------------------------------------------

  async #register() {
    const workers = navigator.serviceWorker;
    if (!workers) return; // plain http on a network: the sign says so
    const first = !workers.controller;
    workers.addEventListener("controllerchange", () => {
      if (!first) this.#reloadWhenQuiet();
    });
    await workers.register("/kiosk/worker.js", { scope: "/kiosk", updateViaCache: "none" }).catch(() => {});
  }

  /** A new release: this page goes on with the old one until nobody is at work. Scans wait in the store, not in the page. */
  #reloadWhenQuiet() {
    if (this.due) return;
    this.due = true;
    const timer = setInterval(() => {
      if (this.#isQuiet()) {
        clearInterval(timer);
        location.reload();
      }
    }, LOOK_MS);
  }

  #isQuiet() {
    const { kiosk, panels } = this;
    const idle = document.body.dataset.idle === "yes" || !kiosk.person || Date.now() - this.touchedAt > QUIET_MS;
    return idle && !kiosk.card.isAsking && !panels.isOpen && Date.now() - this.touchedAt > LOOK_MS;
  }

  // --- the shell -----------------------------------------------------------------------------------------------------

  /** As soon as the server answers, its own page takes the shell's place; what waits is sent from there. */
  #waitForServer() {
    const look = async () => {
      if (this.kiosk.card.isAsking || this.panels.isOpen || Date.now() - this.touchedAt < 1500) return;
      const answer = await fetch("/health", { cache: "no-store" }).catch(() => null);
      if (answer && answer.status === 200) location.reload();
    };
    setInterval(look, LOOK_MS);
    addEventListener("online", look);
  }

  async #keepSettings() {
    const tablet = await openKept().catch(() => null);
    await tablet?.keepSettings(this.kiosk.settings, { skew: this.kiosk.clock.skew }).catch(() => {});
  }

  // --- whether it is kept --------------------------------------------------------------------------------------------

  /** Browsers may clear what a page keeps when space is short, unless they promised not to: that is said while they have not. */
  async #askToKeep() {
    const { storage } = navigator;
    const kept = storage && storage.persist ? await storage.persist().catch(() => false) || await storage.persisted().catch(() => false) : false;
    this.sign.hidden = kept;
    this.sign.onclick = () => this.panels.open("unkept", "This tablet is not set up for working offline", why(Boolean(navigator.serviceWorker)));
  }
}

function why(canInstall) {
  const how = canInstall
    ? "Install the kiosk as an app: in the browser's menu, choose “Install app” or “Add to home screen”, then open it from there."
    : "Open the kiosk by its https address. Over plain http a browser keeps no app for the time without a network.";
  return el("div", {}, el("p", { class: "k-text" }, "Scans are saved here before they are sent, but this browser may clear them when the tablet runs out of space."),
    el("p", { class: "k-text" }, how));
}

/** The quiet sign in the strip; hidden until it is known that it is needed. */
export function unkeptSign() {
  return button("Not set up for offline", () => {}, { class: "k-strip-button k-unkept", hidden: true });
}
