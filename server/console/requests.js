// SPDX-License-Identifier: Apache-2.0
// What requests are about, and which were slow.
import * as api from "./api.js";
import { h, table, section, number, time } from "./dom.js";

let slow = null;
let paths = null;

async function load() {
  const [found, top] = await Promise.all([api.get("slow-operations"), api.get("top")]);
  const none = found.threshold_ms > 0 ? `None took longer than ${number(found.threshold_ms)} ms.`
    : "None is counted: paddock.slowOperationThresholdMs is 0.";
  slow.replaceChildren(table([
    { name: "When", of: (one) => time(one.at_ms) },
    { name: "Request", of: (one) => one.operation },
    { name: "Path", class: "code", of: (one) => one.path || "–" },
    { name: "Session", class: "code", of: (one) => one.session },
    { name: "Total", class: "number", of: (one) => `${number(one.total_ms)} ms` },
    { name: "Queued", class: "number", of: (one) => `${number(one.queued_ms)} ms` },
    { name: "Replication, disk", class: "number", of: (one) => `${number(one.replication_ms)} ms` },
  ], found.operations, none));
  paths.replaceChildren(table([
    { name: "Path", class: "code", of: (one) => h("a", { href: `#tree:${encodeURIComponent(one.path)}` }, one.path) },
    { name: "Requests, about", class: "number", of: (one) => number(one.requests) },
  ], top.paths, "Too few requests yet: one in 64 is looked at."));
}

export async function open(main) {
  slow = h("div", {});
  paths = h("div", {});
  main.replaceChildren(section("Slow operations", slow), section("Busiest paths", paths));
  await load();
}

export const tick = load;
