// SPDX-License-Identifier: Apache-2.0
// The ensemble's configuration, this server's settings, its log level.
import * as api from "./api.js";
import { h, table, section, ask, empty } from "./dom.js";

let filter = "";
let settings = [];
let body = null;

function draw() {
  const found = settings.filter((one) => one.name.toLowerCase().includes(filter.toLowerCase()));
  body.replaceChildren(table([
    { name: "Setting", class: "code", of: (one) => one.name },
    { name: "Value", class: "code", of: (one) => one.value },
  ], found, "No setting matches."));
}

function reload() {
  ask("Read the configuration and the certificates again?", [], "Reload", async () => {
    const done = await api.post("reload");
    const rest = done.restart_needed_for;
    return `${done.limits} limits of clients are in force. `
      + (rest.length ? `A restart is needed for ${rest.join(", ")}.` : "Nothing needs a restart.");
  });
}

function logLevel(level, may_change) {
  const levels = ["trace", "debug", "info", "warn", "error"];
  const select = h("select", { id: "level", disabled: !may_change, onchange: async () => {
    const now = await api.post("log-level", { level: select.value });
    select.value = now.level;
  } }, levels.map((one) => h("option", { value: one }, one)));
  select.value = level;
  return h("label", { class: "inline" }, "Log level ", select);
}

export async function open(main, _rest, state) {
  const [config, level] = await Promise.all([api.get("config"), api.get("log-level")]);
  settings = config.settings;
  body = h("div", {});
  const search = h("input", { type: "search", placeholder: "Setting", "aria-label": "Filter", value: filter,
    oninput: (event) => { filter = event.target.value; draw(); } });
  const may_change = state.who.may_change;
  main.replaceChildren(
    section("Ensemble", config.text ? h("pre", { class: "data", tabindex: "0" }, config.text) : empty("This server stands alone.")),
    section("This server", h("div", { class: "actions" }, logLevel(level.level, may_change),
      may_change ? h("button", { type: "button", onclick: reload }, "Reload…") : "")),
    section("Settings in force", search, body));
  draw();
}
