// SPDX-License-Identifier: Apache-2.0
// Making elements. Text is always text: nothing that came from a client becomes markup.

/** h("td", { class: "number" }, 3): attributes, listeners as onclick, and children. */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined));
  return element;
}

export function empty(text) {
  return h("p", { class: "empty" }, text);
}

/** A table; on a narrow screen each row is a list of its cells with the columns' names. */
export function table(columns, rows, whenEmpty) {
  if (rows.length === 0) return empty(whenEmpty);
  const head = h("tr", {}, columns.map((column) => h("th", { scope: "col", class: column.class }, column.name)));
  const body = rows.map((row) =>
    h("tr", {}, columns.map((column) =>
      h("td", { class: column.class, "data-name": column.name }, column.of(row) ?? "–"))));
  return h("div", { class: "scroll" }, h("table", {}, h("thead", {}, head), h("tbody", {}, body)));
}

export function section(title, ...children) {
  return h("section", {}, h("h2", {}, title), ...children);
}

const dialog = document.getElementById("dialog");

/** Whether the keyboard is in there: then it is not drawn anew under somebody's hands. */
export const isInUse = (element) => element.contains(document.activeElement);

const nameOf = (element) => `${element.tagName} ${element.getAttribute("href") ?? element.textContent}`;

function focusNamed(root, name) {
  [...root.querySelectorAll("a, button, pre")].find((one) => nameOf(one) === name)?.focus({ preventScroll: true });
}

/** Draws anew what is in there; the focus stays on what has the same name. */
export function keepingFocus(element, draw) {
  const focused = isInUse(element) ? nameOf(document.activeElement) : null;
  draw();
  if (focused) focusNamed(element, focused);
}

/** The browser gives the focus back to what had it, unless that was drawn anew meanwhile. */
function giveFocusBack() {
  const focused = nameOf(document.activeElement);
  const place = location.hash;
  dialog.onclose = () => {
    if (document.activeElement === document.body && location.hash === place) focusNamed(document, focused);
  };
}

function tell(title, text) {
  const close = h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, "Close");
  dialog.replaceChildren(h("h2", {}, title), h("p", {}, text), h("div", { class: "actions" }, close));
  close.focus();
}

/** A form in a dialog. `submit(values)` may throw: then it says so and stays; or return what is to be told. */
export function ask(title, fields, button, submit, danger) {
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const inputs = fields.map((field) => {
    const name = field.rows ? "textarea" : field.options ? "select" : "input";
    const input = h(name, { name: field.name, type: name === "input" ? field.type ?? "text" : null,
      rows: field.rows, required: field.required, autocomplete: field.autocomplete ?? "off", spellcheck: "false",
      placeholder: field.placeholder },
    (field.options ?? []).map((one) => h("option", { value: one }, one)));
    input.value = field.value ?? (field.options ? field.options[0] : "");
    return h("label", {}, h("span", {}, field.label), input, field.hint ? h("small", {}, field.hint) : null);
  });
  const send = h("button", { class: danger ? "danger" : "primary" }, button);
  const form = h("form", { method: "dialog", onsubmit: async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const told = await submit(Object.fromEntries(new FormData(form)));
      if (told) return tell(title, told);
      dialog.close();
    } catch (refusal) {
      error.textContent = refusal.message;
      error.hidden = false;
    }
    send.disabled = false;
    return undefined;
  } },
  h("h2", {}, title), inputs, error,
  h("div", { class: "actions" },
    h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"), send));
  dialog.replaceChildren(form);
  giveFocusBack();
  dialog.showModal();
}

export const number = (value) => Number(value).toLocaleString("en");

export function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Number(count);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export const time = (ms) => new Date(Number(ms)).toISOString().replace("T", " ").replace(".000Z", "Z");
