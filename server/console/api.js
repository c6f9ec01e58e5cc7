// SPDX-License-Identifier: Apache-2.0
// Calls to the server that this page came from, with the identity that was given. It is kept nowhere
// but in this page's memory.

let authorization = null;

export class Refusal extends Error {
  constructor(status, message, code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function signIn(header) {
  authorization = header;
}

export function isSignedIn() {
  return authorization !== null;
}

/** Ids of sessions have 64 bits, and numbers here 53. What is within a string has no bare quotes, and stays. */
function withLongNumbersAsText(text) {
  return text.replace(/("\w+"\s*:\s*)(-?\d{16,})(?=\s*[,}\]])/g, '$1"$2"');
}

async function send(path, options) {
  const headers = { "X-Paddock-Console": "1", ...(options.headers ?? {}) };
  if (authorization) headers.Authorization = authorization;
  let answer;
  try {
    answer = await fetch(path, { ...options, headers, cache: "no-store", redirect: "error" });
  } catch {
    throw new Refusal(0, "The server does not answer.");
  }
  const text = await answer.text();
  let body = null;
  try {
    body = JSON.parse(withLongNumbersAsText(text));
  } catch {
    if (answer.ok) throw new Refusal(answer.status, `The answer of ${path} cannot be read.`);
  }
  if (!answer.ok) throw new Refusal(answer.status, body?.error ?? text.trim(), body?.code);
  return body;
}

function query(parameters) {
  const given = Object.entries(parameters ?? {}).filter(([, value]) => value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** One of the admin API: get("member"). */
export function get(call, parameters) {
  return send(`/admin/${call}${query(parameters)}`, {});
}

export function post(call, message) {
  return send(`/admin/${call}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message ?? {}),
  });
}

/** One of ZooKeeper's commands. */
export async function command(name) {
  const answer = await send(`/commands/${name}`, {});
  if (answer.error) throw new Refusal(503, answer.error);
  return answer;
}
