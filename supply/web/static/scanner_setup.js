// What a scanner types is taken key by key, shown as it comes, and sent for the server to judge. Nothing is judged here.

import { Sounds } from "./kiosk/sounds.js";

const QUIET_MS = 700; // after the last key of a scan
const LISTEN_MS = 500;
const NAMES = { Enter: "CR", Tab: "TAB" };

document.getElementById("print")?.addEventListener("click", () => window.print());
for (const one of document.querySelectorAll(".needs-no-script")) one.remove();

const sounds = new Sounds();
for (const button of document.querySelectorAll("[data-tone]")) {
  button.addEventListener("click", () => sounds.play(button.dataset.tone));
}

const form = document.querySelector("form[data-capture]");
if (form) capture(form);
const listening = document.querySelector("form[data-heard]");
if (listening) setTimeout(lookWhetherHeard, LISTEN_MS);

function capture(form) {
  const keys = [];
  const shown = form.querySelector("[data-received]");
  let began = null;
  let timer = null;

  const take = (event, isUp) => {
    if (event.isComposing) return;
    const lone = keys.length === 0 && (event.key === "Tab" || event.key === "Enter" || event.key === " " || event.key === "Shift");
    if (lone || event.metaKey) return; // a person who goes to a button, not a scanner
    if (isUp && event.key !== "Alt") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    began ??= event.timeStamp;
    const held = event.shiftKey + 2 * event.ctrlKey + 4 * event.altKey + 8 * event.getModifierState("CapsLock");
    keys.push([event.code.slice(0, 30), event.key.slice(0, 30), held, Math.round((event.timeStamp - began) * 10) / 10, isUp ? 1 : 0]);
    if (!isUp) show(shown, event, keys.length === 1);
    clearTimeout(timer);
    timer = setTimeout(send, Number(form.dataset.times) > 1 ? 3 * QUIET_MS : QUIET_MS);
  };
  const send = () => {
    form.elements.keys.value = JSON.stringify(keys);
    form.submit();
  };
  document.addEventListener("keydown", (event) => take(event, false), true);
  document.addEventListener("keyup", (event) => take(event, true), true);
}

function show(shown, event, isFirst) {
  if (["Shift", "Control", "Alt", "AltGraph", "CapsLock"].includes(event.key)) return;
  if (isFirst) shown.textContent = "";
  const isControl = event.ctrlKey || event.key.length > 1 || event.key === " ";
  const one = document.createElement(isControl ? "b" : "span");
  if (isControl) one.className = "control";
  one.textContent = event.ctrlKey ? `Ctrl+${event.key}` : NAMES[event.key] ?? (event.key === " " ? "space" : event.key);
  shown.append(one);
}

async function lookWhetherHeard() {
  try {
    const answer = await fetch(listening.dataset.heard, { credentials: "same-origin" });
    if (answer.ok && !(await answer.json()).is_waiting) {
      listening.submit();
      return;
    }
  } catch {
    // no answer just now: look again
  }
  setTimeout(lookWhetherHeard, LISTEN_MS);
}
