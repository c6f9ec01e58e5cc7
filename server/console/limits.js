// SPDX-License-Identifier: Apache-2.0
// The limits of clients, and what they have done.
import * as api from "./api.js";
import { h, table, section, ask, number, isInUse } from "./dom.js";

let body = null;
let state = null;
const NUMBERS = [["requests_per_second", "Requests a second"], ["bytes_per_second", "Bytes a second"],
  ["connections", "Connections"], ["watches", "Watches"], ["sessions", "Sessions"], ["ephemerals", "Ephemerals"]];

function change(limit) {
  ask(limit ? `Limit ${limit.name}` : "A new limit", [
    { name: "name", label: "Name", value: limit?.name, required: true, hint: "Letters, digits and _" },
    { name: "match", label: "Whom it is about", value: limit?.match, required: true,
      placeholder: "digest:batch:*", hint: "ip:, digest:, sasl:, x509:, san:, jwt:, path: or any" },
    ...NUMBERS.map(([name, label]) => ({ name, label, type: "number", value: String(limit?.[name] ?? 0) })),
  ], "Put in force", async (values) => {
    const numbers = Object.fromEntries(NUMBERS.map(([name]) => [name, Number(values[name] || 0)]));
    await api.post("limits", { name: values.name, match: values.match, ...numbers });
    await load();
  });
}

function remove(limit) {
  ask(`Remove the limit ${limit.name}?`, [], "Remove", async () => {
    await api.post("limits/remove", { name: limit.name });
    await load();
  }, true);
}

async function load() {
  const { limits } = await api.get("limits");
  const columns = [
    { name: "Name", of: ({ limit }) => h("strong", {}, limit.name) },
    { name: "Whom", class: "code", of: ({ limit }) => limit.match },
    ...NUMBERS.map(([name, label]) => ({ name: label, class: "number",
      of: ({ limit, ...now }) => {
        if (!limit[name]) return "–";
        return name in now ? `${number(now[name])} of ${number(limit[name])}` : number(limit[name]);
      } })),
    { name: "Delayed", class: "number", of: (one) => number(one.delayed) },
    { name: "Refused", class: "number", of: (one) => number(one.refused) },
  ];
  if (state.who.may_change) {
    columns.push({ name: "", of: ({ limit }) => h("span", { class: "row" },
      h("button", { type: "button", class: "quiet", onclick: () => change(limit) }, "Change…"),
      h("button", { type: "button", class: "quiet", onclick: () => remove(limit) }, "Remove…")) });
  }
  body.replaceChildren(table(columns, limits, "No limits: clients may ask for as much as they can."));
}

export async function open(main, _rest, given) {
  state = given;
  body = h("div", {});
  const add = state.who.may_change
    ? h("div", { class: "actions" }, h("button", { type: "button", onclick: () => change(null) }, "Add a limit…"))
    : "";
  main.replaceChildren(section("Limits of clients", h("p", { class: "facts" },
    "Of this server alone. What is changed here lasts until the configuration is read again."), body, add));
  await load();
}

export async function tick() {
  if (!isInUse(body)) await load();
}
