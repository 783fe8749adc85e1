/* Owns: big keys for digits: a PIN in dots, or a number. Must never keep what was typed once it is answered. */

import { button, el } from "./dom.js";

/** A pad over a field. `onDone(text)` gets the digits; the pad's `say(words)` tells what came of it and begins anew. */
export function numberPad({ label, secret = false, most = 4, done, onDone }) {
  const input = el("input", {
    id: "kiosk-pad", class: "k-input k-pad-field", type: secret ? "password" : "text", inputmode: "none", autocomplete: "off", maxlength: most,
    pattern: "[0-9]*", autofocus: true,
  });
  const problem = el("p", { class: "k-problem", role: "alert", id: "kiosk-pad-problem" });
  const press = (change) => () => {
    input.value = change(input.value).slice(0, most);
    problem.textContent = "";
  };
  const keys = el("div", { class: "k-pad" });
  for (const digit of "123456789") keys.append(button(digit, press((typed) => typed + digit)));
  keys.append(button("Clear", press(() => "")), button("0", press((typed) => typed + "0")));
  keys.append(button("Back", press((typed) => typed.slice(0, -1)), { "aria-label": "Remove the last digit" }));
  const say = (words) => {
    problem.textContent = words;
    input.value = "";
    input.setAttribute("aria-describedby", problem.id);
    input.focus();
  };
  const submit = (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    if (!/^\d+$/.test(typed)) return say("Digits only, please.");
    return onDone(typed);
  };
  const node = el("form", { class: "k-form k-pad-form", novalidate: true, onsubmit: submit },
    el("label", { for: input.id }, label), input, keys, problem, el("button", { type: "submit", class: "k-button k-primary" }, done));
  return { node, say, focus: () => input.focus() };
}
