/* Owns: starting the kiosk in this page: elements, panels, devices. Must never decide anything a scan depends on. */

import { ownCard } from "./answer_states.js";
import { Appearance } from "./appearance.js";
import { CameraBox } from "./camera_box.js";
import { claimedPanel } from "./claimed_panel.js";
import { button, el } from "./dom.js";
import { stateIcon } from "./icons.js";
import { Kept } from "./kept.js";
import { openKept } from "./kept_on_tablet.js";
import { Installed, startSettings, unkeptSign } from "./installed.js";
import { Kiosk } from "./kiosk.js";
import { LateAlarm } from "./late_alarm.js";
import { modeOf } from "./modes.js";
import { Panels, codeForm, menuPanel, modeList, placeList, reasonPanel, soundPanel } from "./panels.js";
import { People } from "./people.js";
import { Presence } from "./presence.js";
import { Outbox, newKey } from "./queue.js";
import { Sounds } from "./sounds.js";
import { StationAnswers } from "./station_answers.js";
import { openStore } from "./store.js";
import { Removed, tray } from "./tray.js";
import { Wedge } from "./wedge.js";

const settings = await startSettings(JSON.parse(document.getElementById("kiosk-settings").textContent));
if (settings.enrolled && People.hasLeft(new Kept(settings.station))) Object.assign(settings, { person: null, level: null, may: {} });
const at = (id) => document.getElementById(`kiosk-${id}`);
const page = {
  mode: at("mode"), where: at("where"), times: at("times"), person: at("person"), soon: at("soon"), worker: at("worker"), net: at("net"), told: at("told"),
  tray: at("tray"), answer: at("answer"), recent: at("recent"), run: at("run"), behindStop: [at("strip"), at("below"), at("bar")],
};
const sounds = new Sounds();
const panels = new Panels(at("panel"));
const kiosk = new Kiosk({ settings, page, sounds, panels });
const camera = new CameraBox(kiosk, at);
const appearance = new Appearance({ settings, sounds, soundButton: at("open-sound"), onChosen: () => openers.sound() });
const answers = new StationAnswers({
  ask: (after) => kiosk.api.get(`/stations/${encodeURIComponent(settings.station)}/answers${after === null ? "" : `?after=${after}`}`),
  onAnswer: (line) => kiosk.outcomes.elsewhere(line),
});
const presence = new Presence(kiosk, { page, answers, onIdle: () => camera.close() });

// --- panels --------------------------------------------------------------------------------------------------------

const openers = {
  mode: () => panels.open("mode", "What will a scan do?", modeList(kiosk.people.couldDo, kiosk.doing.mode, (action) => kiosk.doing.setMode(action))),
  place: () => panels.open("place", "Where are you?", placeList(settings.locations || [], kiosk.doing.place, (code) => kiosk.doing.setPlace(code))),
  quantity: () => panels.open("quantity", "How many in the next scan?", kiosk.keypad.panel(() => panels.close())),
  type: () => panels.open("type", "Type the code", codeForm((text) => kiosk.intake.scanned(text))),
  sound: () => panels.open("sound", "Sound and screen", soundPanel(sounds, () => appearance.theme, (value) => appearance.setTheme(value), () => appearance.drawSound())),
  tray: async () => panels.open("tray", "On this tablet", tray(kiosk.queue, await removed().all(), trayWays)),
  menu: () => panels.open("menu", "Menu", menuPanel({ home: settings.home_url || "/", onSound: openers.sound, onSignOff: kiosk.person && kiosk.onSignOff })),
  camera: () => camera.toggle(),
  need: () => (kiosk.person ? panels.open("need-which", "What does the shelf need?", kiosk.need.panel()) : kiosk.showReady()),
};

const removed = () => new Removed(kiosk.foresight.kept);
const trayWays = {
  onSend: async (entry) => {
    panels.close();
    await (entry ? kiosk.outbox.sendAgain(entry) : kiosk.outbox.pump());
  },
  onShow: (entry) => {
    panels.close();
    kiosk.outcomes.showKept(entry);
  },
  onRemove: async (entry) => {
    await removed().add(entry, kiosk.person && kiosk.person.name, new Date().toISOString());
    await kiosk.outbox.settle(entry.key);
    kiosk.foresight.forget(entry.key);
    await openers.tray();
  },
  onPutBack: async (entry) => {
    await kiosk.outbox.putBack(entry);
    await removed().drop(entry.key);
    await openers.tray();
  },
};

kiosk.onPanel = (name) => openers[name]?.();
/** A mode that asks something first; `then` goes on with what was scanned before it was answered. */
kiosk.onChoose = (action, needs, then = null) => {
  if (needs === "delivery") return chooseDelivery(then);
  const isReason = needs === "reason";
  const places = (settings.locations || []).filter((place) => place.code !== kiosk.doing.place);
  const content = isReason ? reasonPanel(kiosk.doing.container, (reason) => kiosk.doing.setReason(reason)) : placeList(places, kiosk.doing.target, (code) => kiosk.doing.setTarget(code));
  panels.open("choose", isReason ? "THROW OUT: why?" : "MOVE: where to?", content);
  panels.dialog.dataset.needs = needs;
  return undefined;
};

function chooseDelivery(then) {
  let chosen = false;
  const content = kiosk.deliveries.panel((delivery) => {
    chosen = true;
    kiosk.doing.setDelivery(delivery);
    then?.();
  });
  panels.open("delivery", "PUT IN: which delivery?", content, () => {
    if (then && !chosen) kiosk.say("which_delivery", "Nothing was put in. Choose the delivery, then scan again.");
  });
}

kiosk.onClaimed = (scans) => panels.open("claimed", "Were these scans yours?", claimedPanel(kiosk, scans, () => panels.close()));
for (const name of ["mode", "place", "quantity", "camera", "need"]) at(`open-${name}`).addEventListener("click", () => openers[name]());
at("open-sound").addEventListener("click", openers.sound);
at("open-menu").addEventListener("click", openers.menu);
page.tray.addEventListener("click", openers.tray);

// --- what stands in the middle when no scan is answered ------------------------------------------------------------

kiosk.onReady = () => {
  const mode = modeOf(kiosk.doing.mode);
  if (!kiosk.person) return presence.drawIdle(settings.enrolled ? "Scan your badge." : "Sign in to begin.");
  const to = kiosk.doing.target ? ` to ${kiosk.placeName(kiosk.doing.target)}` : "";
  const words = el("section", { class: "k-ready", "data-state": "ready" }, el("h2", {}, `Scan to ${mode.word}${to}.`),
    el("p", {}, "Point the scanner at the code. There is nothing to press."), button("Type a code", openers.type, { "data-way": "type" }));
  return page.answer.replaceChildren(words);
};

// --- who is here ---------------------------------------------------------------------------------------------------

kiosk.onMode = () => presence.signOn();
kiosk.onActivity = () => presence.wake();
kiosk.onPerson = () => {
  at("open-off").hidden = !kiosk.person;
  answers.stop();
  presence.wake();
  if (!kiosk.person) return;
  kiosk.outbox.start();
  kiosk.foresight.start();
};
kiosk.onSignIn = () => location.assign(settings.sign_in_url);
kiosk.onSignOff = () => presence.signOff();
kiosk.onBadge = () => kiosk.show(ownCard("signed_off", {
  heading: "That is a badge.", text: "Badges do not sign in on this screen yet: an administrator enrols it once. Sign in with your name.",
  ways: [{ label: "Sign in", act: "sign_in", kind: "primary" }, { label: "Go on", act: "dismiss" }],
}));
at("open-off").addEventListener("click", () => presence.signOff());
for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => {
  sounds.unlock();
  presence.wake();
});

// --- start ---------------------------------------------------------------------------------------------------------

/** A name for this window that a reload keeps, so that two windows do not send one another's fresh scans. */
function windowName() {
  const kept = sessionStorage.getItem("supply-kiosk-window");
  const name = kept || newKey();
  sessionStorage.setItem("supply-kiosk-window", name);
  return name;
}

/** Where the browser keeps nothing, no scan may seem to be kept: every add is refused, and the card says so. */
const NOWHERE = { add: () => Promise.reject(new Error("This browser keeps nothing.")), all: async () => [], update: async () => {}, remove: async () => {} };

/** Scans go to /scans; what a shelf needs goes to its own path, and is as good as answered when it is noted. */
async function send(body, signal) {
  if (!body.kind) return kiosk.api.post("/scans", body, signal);
  const { barcode, ...request } = body; // the tray names a request by its code; an item's number goes out alone
  const { status, answer } = await kiosk.api.post("/shelf-requests", body.item ? request : body, signal);
  return { status, answer: answer && status < 300 ? { outcome: "noted", ...answer } : answer };
}

async function start() {
  appearance.setTheme();
  appearance.drawSound();
  for (const icon of document.querySelectorAll("[data-icon]")) icon.prepend(stateIcon(...icon.dataset.icon.split(" ")));
  const wedge = { ...settings.wedge };
  new Wedge({ onScan: (text) => ready.then(() => kiosk.intake.scanned(text)), onBroken: () => ready.then(() => kiosk.intake.broken()), settings: wedge });
  const store = await openStore().catch(() => NOWHERE);
  kiosk.outbox = new Outbox({
    // An enrolled screen sends what waits while nobody is signed on, in the name of whoever made it.
    store, tab: windowName(), person: kiosk.person ? kiosk.person.name : settings.enrolled ? `station ${settings.station}` : null, send,
    onAnswer: async (entry, status, answer) => kiosk.outcomes.answered(entry, status, answer),
    onHeld: (entry, why, answer) => kiosk.outcomes.held(entry, why, answer),
    onChange: (queue) => kiosk.queueChanged(queue),
  });
  kiosk.foresight.kept = await openKept().catch(() => null);
  kiosk.showReady();
  presence.wake();
  if (settings.serial) presence.lookAtWorker();
  if (settings.enrolled && !kiosk.person) {
    kiosk.people.tellLeft();
    kiosk.people.list();
  }
  isReady();
  await kiosk.outbox.look();
  if (kiosk.person || (settings.enrolled && !settings.shell)) kiosk.outbox.start();
  if (kiosk.person || settings.enrolled) kiosk.foresight.start();
  if (kiosk.person && settings.station) kiosk.people.list();
  new LateAlarm(kiosk).start();
  const sign = unkeptSign();
  page.net.after(sign);
  new Installed(kiosk, { panels, sign }).start();
  document.body.dataset.ready = "yes";
}

let isReady;
const ready = new Promise((resolve) => {
  isReady = resolve;
});
kiosk.ready = ready;
start();
