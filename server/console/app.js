// SPDX-License-Identifier: Apache-2.0
// The frame: which section is shown (the address's fragment says so), how the server stands, who is
// looking. Each section has open(main, rest, state) and may have tick(state), every two seconds.
import * as api from "./api.js";
import { h, ask, empty } from "./dom.js";
import * as overview from "./overview.js";
import * as tree from "./tree.js";
import * as clients from "./clients.js";
import * as requests from "./requests.js";
import * as limits from "./limits.js";
import * as configuration from "./configuration.js";

const SECTIONS = { overview, tree, clients, requests, limits, configuration };
const NAMES = { overview: "Overview", tree: "Tree", clients: "Clients", requests: "Requests", limits: "Limits",
  configuration: "Configuration" };
const INTERVAL_MS = 2000;

const main = document.getElementById("main");
const notice = document.getElementById("notice");
const standing = document.getElementById("standing");
const who = document.getElementById("who");
const state = { member: null, monitor: null, who: null, at: 0 };
let current = null;  // None: it is not open yet.
let was_away = false;
let ticking = false;

function say(text) {
  notice.hidden = !text;
  notice.textContent = text ?? "";
}

function showStanding() {
  const member = state.member;
  const is_ok = member.serving && !member.leaving;
  const role = member.id ? `server ${member.id}, ${member.role}` : member.role;
  const words = member.leaving ? "is being drained" : member.read_only ? "read-only" : member.serving ? "serving" : "not serving";
  standing.className = `standing ${is_ok ? "good" : "bad"}`;
  standing.textContent = `${role} · ${words}`;
  document.title = `${role} – Paddock`;
}

function showWho() {
  const proven = state.who.identities.filter((one) => one.scheme !== "ip");
  const names = proven.map((one) => `${one.scheme}:${one.id}`).join(", ");
  who.textContent = names || "Sign in";
  who.title = state.who.may_change ? "You may change this server" : "You may look only";
}

async function refreshWho() {
  state.who = await api.get("whoami");
  showWho();
}

who.addEventListener("click", () => {
  ask("Who are you?", [
    { name: "user", label: "User", autocomplete: "username", hint: "For the scheme digest. Leave all empty to sign out." },
    { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
    { name: "token", label: "Or a token (JWT)", type: "password" },
  ], "Sign in", async ({ user, password, token }) => {
    const bytes = new TextEncoder().encode(`${user}:${password}`);
    const basic = `Basic ${btoa(String.fromCharCode(...bytes))}`;
    api.signIn(token ? `Bearer ${token.trim()}` : user ? basic : null);
    try {
      await refreshWho();
      const known = state.who.identities.some((one) => one.scheme !== "ip");
      if (token && !known) throw new Error("The token is not accepted.");
    } catch (refusal) {
      api.signIn(null);
      await refreshWho();
      throw refusal;
    }
    open();
  });
});

const tabs = Object.entries(NAMES).map(([key, label]) => h("a", { href: `#${key}` }, label));
document.getElementById("tabs").replaceChildren(...tabs);

/** In place, so that the focus stays where it is. */
function markTab(name) {
  for (const tab of tabs) {
    if (tab.hash === `#${name}`) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

function refused(refusal) {
  if (refusal.status === 401) return [empty(`Not for everybody: sign in first. ${refusal.message}`)];
  return [empty(refusal.message)];
}

async function open() {
  const [name, ...rest] = decodeURIComponent(location.hash.slice(1) || "overview").split(":");
  const section = SECTIONS[name] ?? overview;
  current = null;
  was_away = false;
  markTab(SECTIONS[name] ? name : "overview");
  // Of its own, so that a section which was left while it was loaded does not come back.
  const view = h("div", {});
  main.replaceChildren(view);
  try {
    if (!state.who) await refreshWho();
    if (!state.member) await refresh();
    if (!view.isConnected) return;
    await section.open(view, rest.join(":"), state);
    if (view.isConnected) current = section;
  } catch (refusal) {
    if (view.isConnected) was_away = refusal.status === 0;
    view.replaceChildren(...refused(refusal));
  }
}

/** A dialog is about what was shown; the focus of a link that has gone goes to what it led to. */
async function goOn() {
  document.getElementById("dialog").close();
  const is_within = main.contains(document.activeElement);
  await open();
  if (is_within && document.activeElement === document.body) main.focus({ preventScroll: true });
}

async function refresh() {
  // All at once: a section that is opened meanwhile must not find one without the other.
  const [member, monitor] = await Promise.all([api.get("member"), api.command("monitor")]);
  Object.assign(state, { member, monitor, at: performance.now() });
  showStanding();
}

async function tick() {
  if (ticking || document.hidden) return;
  ticking = true;
  try {
    await refresh();
    if (!state.who) await refreshWho();
    say(null);
    if (was_away) await open();
    else await current?.tick?.(state);
  } catch (refusal) {
    if (refusal.status === 0) {
      standing.className = "standing bad";
      standing.textContent = "no answer";
    }
    say(refusal.message);
  }
  ticking = false;
}

// The fragment says which section is shown, so this one must not become it.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener("hashchange", goOn);
document.addEventListener("visibilitychange", tick);
open();
setInterval(tick, INTERVAL_MS);
