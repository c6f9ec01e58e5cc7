// SPDX-License-Identifier: Apache-2.0
// The tree, as this caller may see it: browse, watch a znode live, change it.
import * as api from "./api.js";
import { h, table, section, ask, empty, bytes, time, number, keepingFocus } from "./dom.js";

let path = "/";
let shown = null;
let state = null;
let list = null;
let detail = null;
let children = [];

const join = (parent, name) => (parent === "/" ? `/${name}` : `${parent}/${name}`);
const parentOf = (of) => of.slice(0, of.lastIndexOf("/")) || "/";
const link = (to) => `#tree:${encodeURIComponent(to)}`;

function decode(base64) {
  const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  try {
    return { raw, text: new TextDecoder("utf-8", { fatal: true }).decode(raw) };
  } catch {
    return { raw, text: null };
  }
}

function encode(text) {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function hex(raw) {
  const lines = [];
  for (let at = 0; at < Math.min(raw.length, 4096); at += 16) {
    const part = [...raw.slice(at, at + 16)];
    const left = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    const right = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${left}  ${right}`);
  }
  if (raw.length > 4096) lines.push(`… ${raw.length - 4096} bytes more`);
  return lines.join("\n");
}

function breadcrumbs() {
  const parts = path.split("/").filter(Boolean);
  const crumbs = [h("a", { href: link("/") }, "/")];
  parts.forEach((part, at) => {
    crumbs.push(h("a", { href: link(`/${parts.slice(0, at + 1).join("/")}`) }, part), at < parts.length - 1 ? "/" : "");
  });
  return h("nav", { class: "crumbs", "aria-label": "Path" }, crumbs);
}

function drawList(node) {
  const entries = [];
  if (path !== "/") entries.push(h("li", {}, h("a", { href: link(parentOf(path)), class: "up" }, "↑ up")));
  for (const name of children) entries.push(h("li", {}, h("a", { href: link(join(path, name)) }, name)));
  const more = node.more
    ? h("button", { type: "button", class: "quiet", onclick: () => showMore() }, `More of ${number(node.stat.num_children)}…`)
    : null;
  keepingFocus(list, () => list.replaceChildren(breadcrumbs(),
    children.length || path !== "/" ? h("ul", { class: "children" }, entries) : "",
    children.length ? "" : empty("No children."), more ?? ""));
}

async function showMore() {
  const node = shown;
  const next = await api.get("tree", { path, after: children.at(-1) });
  if (shown !== node) return;
  children.push(...next.children);
  drawList({ ...shown, more: next.more });
}

function dataOf(node) {
  if (node.data === null) {
    return empty(node.stat.data_length > 0 ? `${bytes(node.stat.data_length)}: too long to be shown here.` : "No data (null).");
  }
  const { raw, text } = decode(node.data);
  if (raw.length === 0) return empty("Empty.");
  return h("pre", { class: "data", tabindex: "0" }, text ?? hex(raw));
}

function owner(stat) {
  if (stat.ephemeral_owner === "0x0") return "no";
  if (stat.ephemeral_owner.startsWith("0x8000")) return "container";
  if (stat.ephemeral_owner.startsWith("0xff")) return "with a time to live";
  return `session ${stat.ephemeral_owner}`;
}

function statOf(stat) {
  const rows = [["Version", stat.version], ["Children", `${number(stat.num_children)} (version ${stat.cversion})`],
    ["Length", bytes(stat.data_length)], ["Created", `${time(stat.ctime_ms)} by ${stat.czxid}`],
    ["Changed", `${time(stat.mtime_ms)} by ${stat.mzxid}`], ["Children changed by", stat.pzxid],
    ["ACL version", stat.aversion], ["Ephemeral", owner(stat)]];
  return h("dl", { class: "pairs" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]));
}

function edit(node) {
  const { text } = node.data === null ? { text: "" } : decode(node.data);
  ask(`Data of ${node.path}`, [{ name: "data", label: `Version ${node.stat.version}`, rows: 12, value: text ?? "" }], "Save",
    async ({ data }) => {
      await api.post("tree/set", { path: node.path, data: encode(data.replaceAll("\r\n", "\n")), version: node.stat.version });
      await load();
    });
}

function create(node) {
  ask(`A new znode below ${node.path}`, [{ name: "name", label: "Name", required: true },
    { name: "data", label: "Data", rows: 6 }], "Create", async ({ name, data }) => {
    await api.post("tree/create", { path: join(node.path, name), data: encode(data.replaceAll("\r\n", "\n")) });
    await load();
  });
}

function remove(node) {
  ask(`Delete ${node.path}?`, [], "Delete", async () => {
    await api.post("tree/delete", { path: node.path, version: node.stat.version });
    if (path === node.path) location.hash = link(parentOf(path));
  }, true);
}

function buttons(node) {
  if (!state.who.may_change) return h("p", { class: "facts" }, "You may look only: paddock.admin.operators says who may change something here.");
  const is_text = node.data === null ? node.stat.data_length === 0 : decode(node.data).text !== null;
  return h("div", { class: "actions" },
    h("button", { type: "button", disabled: !is_text, title: is_text ? null : "The data is no text", onclick: () => edit(node) }, "Edit data…"),
    h("button", { type: "button", onclick: () => create(node) }, "Create child…"),
    h("button", { type: "button", class: "danger", disabled: path === "/" || node.stat.num_children > 0,
      title: node.stat.num_children > 0 ? "It has children" : null, onclick: () => remove(node) }, "Delete…"));
}

function drawDetail(node, changed) {
  const acl = table([
    { name: "Who", class: "code", of: (entry) => `${entry.scheme}:${entry.id}` },
    { name: "May", class: "code", of: (entry) => entry.perms },
  ], node.acl, "Everybody may do everything.");
  detail.className = changed ? "detail changed" : "detail";
  keepingFocus(detail, () => detail.replaceChildren(h("h2", { class: "code" }, path, h("span", { class: "badge live", title: "Looked at every two seconds" }, "live")),
    buttons(node), section("Data", dataOf(node)), section("Stat", statOf(node.stat)), section("ACL", acl)));
}

const mark = (node) => `${node.stat.mzxid} ${node.stat.pzxid} ${node.stat.aversion}`;

async function load() {
  const node = await api.get("tree", { path });
  if (node.path !== path) return;
  const changed = shown !== null && shown.path === path && mark(shown) !== mark(node);
  if (shown !== null && shown.path === path && !changed) return;
  shown = node;
  children = node.children;
  drawList(node);
  drawDetail(node, changed);
}

function gone(refusal) {
  shown = null;
  list.replaceChildren(breadcrumbs(), h("ul", { class: "children" }, h("li", {}, h("a", { href: link(parentOf(path)), class: "up" }, "↑ up"))));
  detail.className = "detail";
  detail.replaceChildren(h("h2", { class: "code" }, path), empty(refusal.message));
}

export async function open(main, rest, given) {
  state = given;
  path = rest.startsWith("/") ? rest : "/";
  shown = null;
  list = h("div", { class: "list" });
  detail = h("article", { class: "detail" });
  main.replaceChildren(h("div", { class: "tree" }, list, detail));
  await tick(given);
}

export async function tick() {
  const asked = path;
  try {
    await load();
  } catch (refusal) {
    if (asked !== path) return;
    if (refusal.status === 0 || refusal.status === 401) throw refusal;
    gone(refusal);
  }
}
