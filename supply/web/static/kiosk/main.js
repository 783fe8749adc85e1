/* Owns: starting the kiosk in this page: elements, devices, timers. Must never decide anything a scan depends on. */

import { ownCard } from "./answer_states.js";
import { Camera } from "./camera.js";
import { button, el } from "./dom.js";
import { stateIcon } from "./icons.js";
import { Kiosk } from "./kiosk.js";
import { modeOf } from "./modes.js";
import { Panels, codeForm, menuPanel, modeList, placeList, reasonPanel, soundPanel, tray } from "./panels.js";
import { Outbox, newKey } from "./queue.js";
import { Sounds } from "./sounds.js";
import { openKept } from "./kept_on_tablet.js";
import { StationAnswers } from "./station_answers.js";
import { openStore } from "./store.js";
import { Wedge } from "./wedge.js";
import { clockTime, longDate } from "./words.js";

const SIGN_ON_AGAIN_MS = 30_000;
const settings = JSON.parse(document.getElementById("kiosk-settings").textContent);
const at = (id) => document.getElementById(`kiosk-${id}`);
const page = {
  mode: at("mode"), where: at("where"), times: at("times"), person: at("person"), net: at("net"), told: at("told"), tray: at("tray"),
  answer: at("answer"), recent: at("recent"), behindStop: [at("strip"), at("below"), at("bar")],
};
const sounds = new Sounds();
const panels = new Panels(at("panel"));
const kiosk = new Kiosk({ settings, page, sounds, panels });

// --- panels --------------------------------------------------------------------------------------------------------

const openers = {
  mode: () => panels.open("mode", "What will a scan do?", modeList(settings.may, kiosk.doing.mode, (action) => kiosk.doing.setMode(action))),
  place: () => panels.open("place", "Where are you?", placeList(settings.locations || [], kiosk.doing.place, (code) => kiosk.doing.setPlace(code))),
  quantity: () => panels.open("quantity", "How many in the next scan?", kiosk.keypad.panel(() => panels.close())),
  type: () => panels.open("type", "Type the code", codeForm((text) => kiosk.intake.scanned(text))),
  sound: () => panels.open("sound", "Sound and screen", soundPanel(sounds, currentTheme, setTheme, drawSound)),
  tray: () => panels.open("tray", "On this tablet", tray(kiosk.queue, trayWays)),
  menu: () => panels.open("menu", "Menu", menuPanel({ home: settings.home_url || "/", onSound: openers.sound, onSignOff: kiosk.person && kiosk.onSignOff })),
  camera: () => toggleCamera(),
};

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
    await kiosk.outbox.settle(entry.key);
    if (kiosk.queue.needsPerson.length) openers.tray();
    else panels.close();
  },
};

kiosk.onPanel = (name) => openers[name]?.();
kiosk.onChoose = (action, needs) => {
  const isReason = needs === "reason";
  const places = (settings.locations || []).filter((place) => place.code !== kiosk.doing.place);
  const content = isReason ? reasonPanel(kiosk.doing.container, (reason) => kiosk.doing.setReason(reason)) : placeList(places, kiosk.doing.target, (code) => kiosk.doing.setTarget(code));
  panels.open("choose", isReason ? "THROW OUT: why?" : "MOVE: where to?", content);
  panels.dialog.dataset.needs = needs;
};
for (const name of ["mode", "place", "quantity", "camera"]) at(`open-${name}`).addEventListener("click", () => openers[name]());
at("open-sound").addEventListener("click", openers.sound);
at("open-menu").addEventListener("click", openers.menu);
page.tray.addEventListener("click", openers.tray);

// --- what stands in the middle when no scan is answered ------------------------------------------------------------

kiosk.onReady = () => {
  const mode = modeOf(kiosk.doing.mode);
  if (!kiosk.person) return drawIdle("Sign in to begin.");
  const to = kiosk.doing.target ? ` to ${kiosk.placeName(kiosk.doing.target)}` : "";
  const words = el("section", { class: "k-ready", "data-state": "ready" }, el("h2", {}, `Scan to ${mode.word}${to}.`),
    el("p", {}, "Point the scanner at the code. There is nothing to press."), button("Type a code", openers.type, { "data-way": "type" }));
  return page.answer.replaceChildren(words);
};

function drawIdle(words) {
  const clock = new Date(Date.now());
  const ways = kiosk.person ? button("Go on", wake, { kind: "primary" }) : el("a", { class: "k-button k-primary", href: settings.sign_in_url }, "Sign in");
  page.answer.replaceChildren(el("section", { class: "k-idle", "data-state": "idle" },
    el("h2", {}, settings.office), el("p", { class: "k-clock" }, el("time", { datetime: clock.toISOString() }, clockTime(clock))),
    el("p", {}, longDate(clock)), el("p", { class: "k-heading" }, words), el("div", { class: "k-ways" }, ways)));
}

// --- idle: the name clears, the scans stay -------------------------------------------------------------------------

/** Tells the server who works at this station and in which mode, for the scanner that is plugged into it. */
let signedOnAt = 0;
function signOn(mode = kiosk.doing.mode) {
  if (!kiosk.person || !settings.station) return;
  signedOnAt = Date.now();
  kiosk.api.post(`/stations/${encodeURIComponent(settings.station)}/session`, { mode }).catch(() => {});
}
kiosk.onMode = () => signOn();

const answers = new StationAnswers({
  ask: (after) => kiosk.api.get(`/stations/${encodeURIComponent(settings.station)}/answers${after === null ? "" : `?after=${after}`}`),
  onAnswer: (line) => kiosk.outcomes.elsewhere(line),
});

function follow() {
  if (!kiosk.person || !settings.station) return;
  if (Date.now() - signedOnAt > SIGN_ON_AGAIN_MS) signOn();
  answers.start();
}

let idleTimer = null;
let clockTimer = null;

function wake() {
  clearTimeout(idleTimer);
  if (settings.idle_seconds && kiosk.person) idleTimer = setTimeout(goIdle, settings.idle_seconds * 1000);
  follow();
  if (document.body.dataset.idle !== "yes") return;
  document.body.dataset.idle = "no";
  kiosk.strip.setPerson(kiosk.person);
  kiosk.showReady();
}

function goIdle() {
  if (kiosk.card.isAsking) return wake();
  if (camera.running) closeCamera();
  panels.close();
  kiosk.card.clear();
  document.body.dataset.idle = "yes";
  page.person.textContent = "";
  drawIdle("Scan or touch to go on.");
  answers.stop();
  return signOffWhenSent();
}

/** Whoever comes next must not act in this name; but what still waits is sent first, for it needs a session. */
async function signOffWhenSent() {
  if (document.body.dataset.idle !== "yes") return;
  if (kiosk.queue.waiting.length) {
    setTimeout(signOffWhenSent, 5000);
    return;
  }
  const form = at("sign-off");
  const left = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
  if (left && left.ok) location.reload();
}

function tick() {
  const time = page.answer.querySelector(".k-clock time");
  if (time) time.textContent = clockTime(new Date());
  kiosk.drawQueue();
}
clockTimer = setInterval(tick, 1000);
addEventListener("pagehide", () => clearInterval(clockTimer));
kiosk.onActivity = wake;
for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => {
  sounds.unlock();
  wake();
});

// --- sound and screen ----------------------------------------------------------------------------------------------

function drawSound() {
  at("open-sound").querySelector("span").textContent = sounds.muted ? "Sound off" : "Sound on";
  at("open-sound").dataset.muted = sounds.muted ? "yes" : "no";
}

const THEME = "supply-kiosk-theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
function currentTheme() {
  return localStorage.getItem(THEME) || settings.theme || "auto";
}
function setTheme(value) {
  if (value) localStorage.setItem(THEME, value);
  const theme = currentTheme();
  document.documentElement.dataset.bsTheme = theme === "auto" ? (prefersDark.matches ? "dark" : "light") : theme;
  if (value) openers.sound();
}
prefersDark.addEventListener("change", () => setTheme());

// --- the camera ----------------------------------------------------------------------------------------------------

const cameraBox = at("camera");
let severalAt = 0;
const camera = new Camera({
  video: at("video"),
  send: (blob) => kiosk.api.picture("/camera-frames", blob),
  onCode: (text) => kiosk.intake.scanned(text),
  onSeveral: () => {
    if (Date.now() - severalAt < 3000) return;
    severalAt = Date.now();
    sounds.play("look");
    at("camera-state").textContent = "Two codes read. Cover one and scan again.";
  },
  onState: (words) => {
    at("camera-state").textContent = words;
  },
});

async function toggleCamera() {
  if (camera.running) return closeCamera();
  cameraBox.hidden = false;
  const started = await camera.start();
  at("video").hidden = !started;
  at("torch").hidden = !camera.hasTorch;
  at("open-camera").setAttribute("aria-pressed", String(started));
  return undefined;
}

function closeCamera() {
  camera.stop();
  cameraBox.hidden = true;
  at("open-camera").setAttribute("aria-pressed", "false");
}
at("camera-close").addEventListener("click", closeCamera);
at("torch").addEventListener("click", (event) => {
  const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
  event.currentTarget.setAttribute("aria-pressed", String(on));
  camera.setTorch(on);
});

// --- signing on and off --------------------------------------------------------------------------------------------

kiosk.onSignIn = () => location.assign(settings.sign_in_url);
kiosk.onSignOff = () => at("sign-off")?.requestSubmit();
kiosk.onBadge = () => kiosk.show(ownCard("signed_off", {
  heading: "That is a badge.", text: "Badges do not sign in on this screen. Sign in with your name.", ways: [{ label: "Sign in", act: "sign_in", kind: "primary" }, { label: "Go on", act: "dismiss" }],
}));

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

async function start() {
  setTheme();
  drawSound();
  for (const icon of document.querySelectorAll("[data-icon]")) icon.prepend(stateIcon(...icon.dataset.icon.split(" ")));
  const wedge = { ...settings.wedge };
  new Wedge({ onScan: (text) => ready.then(() => kiosk.intake.scanned(text)), onBroken: () => kiosk.intake.broken(), settings: wedge });
  const store = await openStore().catch(() => NOWHERE);
  kiosk.outbox = new Outbox({
    store, tab: windowName(), person: kiosk.person && kiosk.person.name,
    send: (body, signal) => kiosk.api.post("/scans", body, signal),
    onAnswer: async (entry, status, answer) => kiosk.outcomes.answered(entry, status, answer),
    onHeld: (entry, why, answer) => kiosk.outcomes.held(entry, why, answer),
    onChange: (queue) => kiosk.queueChanged(queue),
  });
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  kiosk.showReady();
  wake();
  isReady();
  if (kiosk.person) kiosk.outbox.start();
  kiosk.foresight.kept = await openKept().catch(() => null);
  if (kiosk.person) kiosk.foresight.start();
  document.body.dataset.ready = "yes";
}

let isReady;
const ready = new Promise((resolve) => {
  isReady = resolve;
});
kiosk.ready = ready;
start();
