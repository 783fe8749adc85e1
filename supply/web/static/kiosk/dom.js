/* Owns: making elements. Must never set markup from text: what a person or a label wrote becomes textContent only. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; a child may be a string, an element, or nothing. */
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for a drawing. */
export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const DATE = /(\d{4}-[A-Z]{3}(?:-\d{2}| \(last day\)))/;

/** A sentence whose dates never break over two lines. */
export function sentence(text) {
  return (text || "").split(DATE).map((part, at) => (at % 2 ? el("span", { class: "k-date" }, part) : part));
}

/** A big button that says what it does; `kind` is primary, plain or harm. */
export function button(label, onclick, { kind = "plain", ...attributes } = {}) {
  return el("button", { type: "button", class: `k-button k-${kind}`, onclick, ...attributes }, label);
}
