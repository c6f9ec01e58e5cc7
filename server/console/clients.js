// SPDX-License-Identifier: Apache-2.0
// Who is connected, and who asks for most.
import * as api from "./api.js";
import { h, table, section, ask, number, time, isInUse } from "./dom.js";

const SHOWN_MAX = 200;
let rows = [];
let body = null;
let busiest = null;
let filter = "";
let state = null;

/** As all else here and the log write it. */
const sessionOf = (connection) => `0x${BigInt.asUintN(64, BigInt(connection.session_id)).toString(16)}`;

function close(connection) {
  const session = sessionOf(connection);
  ask(`Close the connection of session ${session}?`, [], "Close", async () => {
    await api.post("connections/close", { session });
    await load();
  }, true);
}

function draw() {
  const found = rows.filter((one) => `${one.remote_socket_address} ${sessionOf(one)}`.includes(filter));
  const shown = found.slice(0, SHOWN_MAX);
  const columns = [
    { name: "Address", class: "code", of: (one) => one.remote_socket_address },
    { name: "Session", class: "code", of: sessionOf },
    { name: "Requests", class: "number", of: (one) => number(one.packets_received) },
    { name: "Waiting", class: "number", of: (one) => number(one.outstanding_requests) },
    { name: "Mean latency", class: "number", of: (one) => `${Number(one.avg_latency ?? 0).toFixed(1)} ms` },
    { name: "Last request", of: (one) => one.last_operation },
    { name: "Connected", of: (one) => time(one.established) },
  ];
  if (state.who.may_change) {
    columns.push({ name: "", of: (one) => h("button", { type: "button", class: "quiet", onclick: () => close(one) }, "Close…") });
  }
  body.replaceChildren(table(columns, shown, rows.length ? "No connection matches." : "Nobody is connected."),
    found.length > shown.length ? h("p", { class: "facts" }, `${number(found.length - shown.length)} more: say more of what you look for.`) : "");
}

async function load() {
  const answer = await api.command("connections");
  rows = [...(answer.connections ?? []), ...(answer.secure_connections ?? [])].filter((one) => Number(one.session_id) !== 0);
  if (!isInUse(body)) draw();
  const top = await api.get("top");
  busiest.replaceChildren(table([
    { name: "Session", class: "code", of: (one) => one.session },
    { name: "Requests, about", class: "number", of: (one) => number(one.requests) },
  ], top.sessions, "Too few requests yet."));
}

export async function open(main, _rest, given) {
  state = given;
  body = h("div", {});
  busiest = h("div", {});
  const search = h("input", { type: "search", placeholder: "Address or session", "aria-label": "Filter", value: filter,
    oninput: (event) => { filter = event.target.value; draw(); } });
  main.replaceChildren(section("Connections", search, body), section("Busiest sessions", busiest));
  await load();
}

export const tick = load;
