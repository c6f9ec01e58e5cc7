// SPDX-License-Identifier: Apache-2.0
// The server and its ensemble at a glance.
import * as api from "./api.js";
import { h, table, section, ask, number, duration, bytes, isInUse } from "./dom.js";
import { Chart } from "./chart.js";

const charts = {
  requests: new Chart("Requests a second", ["received", "answered"], (value) => number(Math.round(value))),
  latency: new Chart("Mean latency since the start", [""], (value) => `${value.toFixed(2)} ms`),
  clients: new Chart("Connections", [""], (value) => number(Math.round(value))),
  waiting: new Chart("Requests waiting", [""], (value) => number(Math.round(value))),
};
let last = null;
let tiles = null;
let members = null;

function feed(state) {
  const now = state.monitor;
  if (last && state.at > last.at) {
    const seconds = (state.at - last.at) / 1000;
    const rate = (name) => (Number(now[name]) - Number(last.monitor[name])) / seconds;
    charts.requests.add([rate("packets_received"), rate("packets_sent")]);
    charts.latency.add([Number(now.avg_latency)]);
    charts.clients.add([Number(now.num_alive_connections)]);
    charts.waiting.add([Number(now.outstanding_requests)]);
  }
  if (!last || state.at > last.at) last = { at: state.at, monitor: now };
}

function tile(name, value, hint) {
  const kind = String(value).length > 10 ? "long" : "";
  return h("div", { class: "tile", title: hint }, h("dt", {}, name), h("dd", { class: kind }, value));
}

function drawTiles(state) {
  const { member, monitor } = state;
  tiles.replaceChildren(
    tile("Sessions", number(member.sessions)),
    tile("Connections", number(member.connections)),
    tile("Znodes", number(monitor.znode_count)),
    tile("Data", bytes(monitor.approximate_data_size)),
    tile("Watches", number(monitor.watch_count)),
    tile("Zxid", member.last_zxid),
    tile("Uptime", duration(member.uptime_ms)),
    tile("Version", member.version.replace(/^.*-paddock-/, "").split(",")[0], member.version));
}

/** Where the console of another member is, if its admin port has the same number as this one's. */
function consoleOf(address) {
  const host = address.server_addresses[0].replace(/:\d+$/, "");
  return `${location.protocol}//${host}:${location.port || (location.protocol === "https:" ? 443 : 80)}/console/`;
}

function standingOf(id, member) {
  if (Number(id) === member.leader) return "leads";
  const follower = member.followers.find((one) => one.id === Number(id));
  if (follower) return follower.in_step ? "in step" : "catching up";
  if (Number(id) === member.id) return member.role;
  return member.leader === member.id ? "not connected" : "ask the leader";
}

function badge(text) {
  const kind = { leads: "good", "in step": "good", "catching up": "warn", "not connected": "bad" }[text] ?? "plain";
  return h("span", { class: `badge ${kind}` }, text);
}

function memberTable(member) {
  const rows = Object.entries(member.members).map(([id, address]) => ({ id, address }));
  return table([
    { name: "Server", of: ({ id }) => (Number(id) === member.id ? h("strong", {}, `${id} (this one)`) : id) },
    { name: "Kind", of: ({ address }) => (address.learner_type === "observer" ? "observer" : "voter") },
    { name: "Standing", of: ({ id }) => badge(standingOf(id, member)) },
    { name: "For servers", class: "code", of: ({ address }) => address.server_addresses.join(" ") },
    { name: "For clients", class: "code", of: ({ address }) => address.client_address || "–" },
    { name: "", of: ({ id, address }) => (Number(id) === member.id ? "" : h("a", { href: consoleOf(address) }, "console")) },
  ], rows, "");
}

function actions(state) {
  if (!state.who.may_change) return null;
  const member = state.member;
  const drain = h("button", { type: "button", onclick: () => ask("Send the clients of this server to others?",
    [{ name: "seconds", label: "Over how many seconds", type: "number", value: "30" }], "Drain",
    async ({ seconds }) => { await api.post("drain", { seconds: Number(seconds) }); }, true) }, "Drain…");
  const resume = h("button", { type: "button", onclick: () => ask("Take clients again?", [], "Take clients",
    async () => { await api.post("drain", { cancel: true }); }) }, "Take clients again…");
  const hand = h("button", { type: "button", onclick: () => ask("Hand leadership over?",
    [{ name: "to", label: "To server", type: "number", hint: "Empty: to the voter that is furthest." }], "Hand over",
    async ({ to }) => { await api.post("transfer-leader", to ? { to: Number(to) } : {}); }) }, "Hand leadership over…");
  return h("div", { class: "actions" }, member.leader && member.leader === member.id ? hand : null,
    member.leaving ? resume : drain);
}

function drawMembers(state) {
  const member = state.member;
  if (!member.id) {
    members.replaceChildren(h("p", { class: "empty" }, "This server stands alone: it is no member of an ensemble."),
      actions(state) ?? "");
    return;
  }
  const coming = member.committed_configuration !== member.activated_configuration;
  const facts = `Configuration ${member.activated_configuration}${coming ? `, ${member.committed_configuration} is coming` : ""} · `
    + `epoch ${member.epoch} · ensemble ${member.ensemble_id || "not begun"}`;
  members.replaceChildren(h("p", { class: "facts" }, facts), memberTable(member), actions(state) ?? "");
}

export function open(main, _rest, state) {
  tiles = h("dl", { class: "tiles" });
  members = h("div", {});
  main.replaceChildren(
    tiles,
    section("Ensemble", members),
    section("The last five minutes", h("div", { class: "charts" }, Object.values(charts).map((chart) => chart.element))));
  tick(state);
}

export function tick(state) {
  feed(state);
  drawTiles(state);
  if (!isInUse(members)) drawMembers(state);
}
