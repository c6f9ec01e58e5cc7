// SPDX-License-Identifier: Apache-2.0
//
// The npm package `zookeeper`, a native addon over the C client, against one server.
// Usage: node native.js HOST:PORT, with NODE_PATH where the packages are.
"use strict";

const ZooKeeper = require("zookeeper");

const SECONDS = 60;
const hosts = process.argv[2];

function say(...words) {
  process.stdout.write(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" ") + "\n");
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited for ${what}`)), SECONDS * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function connected(options = {}) {
  const client = new ZooKeeper({ connect: hosts, timeout: 30000, debug_level: 0, ...options });
  await within(new Promise((resolve, reject) => client.connect((error) => (error ? reject(error) : resolve()))),
    "the connection");
  return client;
}

/** Calls a method that ends with a callback (rc, error, ...results). */
function call(client, method, ...rest) {
  return within(new Promise((resolve) => client[method](...rest, (rc, error, ...results) => {
    resolve({ rc, error, results });
  })), method);
}

function watched(client, method, path) {
  let fire;
  const event = new Promise((resolve) => { fire = resolve; });
  const answer = call(client, method, path, (type, state, at) => fire([type, state, at]));
  return answer.then((seen) => ({ seen, event: within(event, "an event") }));
}

function plain(stat) {
  return stat && { version: stat.version, cversion: stat.cversion, length: stat.dataLength, children: stat.numChildren };
}

async function main() {
  const zk = await connected();
  say("create", await call(zk, "a_create", "/n", "data", 0));
  say("create again", await call(zk, "a_create", "/n", "data", 0));
  say("sequence", (await call(zk, "a_create", "/n/s-", "x", 2)).results);
  say("ephemeral", (await call(zk, "a_create", "/n/e", "x", 1)).rc);
  say("ttl", (await call(zk, "a_createTtl", "/n/t", "x", 5, 100000)).rc);
  const got = await call(zk, "a_get", "/n", false);
  say("get", got.rc, plain(got.results[0]), String(got.results[1]));
  const set = await call(zk, "a_set", "/n", Buffer.from([0, 1, 255]), 0);
  say("set", set.rc, plain(set.results[0]));
  say("set old", (await call(zk, "a_set", "/n", "x", 0)).rc);
  const raw = await call(zk, "a_get", "/n", false);
  say("get bytes", [...raw.results[1]]);
  say("exists not", (await call(zk, "a_exists", "/none", false)).rc);
  say("children", (await call(zk, "a_get_children", "/n", false)).results[0].sort());
  const both = await call(zk, "a_get_children2", "/n", false);
  say("children2", both.results[0].sort(), plain(both.results[1]));
  say("acl", (await call(zk, "a_get_acl", "/n")).results[0]);
  say("set acl", (await call(zk, "a_set_acl", "/n/t", -1, [{ perms: 1, scheme: "world", auth: "anyone" }])).rc);
  say("set after it", (await call(zk, "a_set", "/n/t", "y", -1)).rc);
  say("sync", (await call(zk, "a_sync", "/n")).rc);
  say("delete not empty", (await call(zk, "a_delete_", "/n", -1)).rc);
  say("auth", (await call(zk, "add_auth", "digest", "node:secret")).rc);

  const created = await watched(zk, "aw_exists", "/n/w");
  await call(zk, "a_create", "/n/w", "", 0);
  say("event", await created.event);
  const changed = await watched(zk, "aw_get", "/n/w");
  await call(zk, "a_set", "/n/w", "1", -1);
  say("event", await changed.event);
  const children = await watched(zk, "aw_get_children", "/n/w");
  await call(zk, "a_create", "/n/w/c", "", 0);
  say("event", await children.event);
  const deleted = await watched(zk, "aw_exists", "/n/w/c");
  await call(zk, "a_delete_", "/n/w/c", 0);
  say("event", await deleted.event);

  const many = [];
  for (let i = 0; i < 300; ++i) {
    many.push(call(zk, "a_create", "/n/w/m-", `${i}`, 2));
    many.push(call(zk, "a_get", "/n/w", false));
  }
  const answers = await Promise.all(many);
  say("pipelined", new Set(answers.map((answer) => answer.rc)).size, answers[598].results[0]);

  const session = zk.client_id;
  say("@restart");
  await within(new Promise((resolve) => process.stdin.once("data", resolve)), "the restart");
  const deadline = Date.now() + SECONDS * 1000;
  let kept;
  do {
    kept = await call(zk, "a_exists", "/n/e", false);
    if (Date.now() > deadline) throw new Error("no connection after the restart");
  } while (kept.rc !== 0 && kept.rc !== -101);
  say("kept", kept.rc, "same session", zk.client_id === session);
  zk.close();
  const next = await connected();
  say("gone", (await call(next, "a_exists", "/n/e", false)).rc);
  next.close();
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
