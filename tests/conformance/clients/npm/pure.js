// SPDX-License-Identifier: Apache-2.0
//
// The npm package `node-zookeeper-client`, which speaks the protocol itself (in its short handshake),
// against one server. Usage: node pure.js HOST:PORT, with NODE_PATH where the packages are.
"use strict";

const zookeeper = require("node-zookeeper-client");

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

async function connected() {
  const client = zookeeper.createClient(hosts, { sessionTimeout: 30000, spinDelay: 50 });
  const ready = new Promise((resolve) => client.once("connected", resolve));
  client.connect();
  await within(ready, "the connection");
  return client;
}

/** Calls a method whose last argument is (error, ...results); an error becomes its name. */
function call(client, method, ...rest) {
  return within(new Promise((resolve) => client[method](...rest, (error, ...results) => {
    resolve(error ? [error.name] : results);
  })), method);
}

function watched(client, method, path) {
  let fire;
  const event = new Promise((resolve) => { fire = resolve; });
  return call(client, method, path, (seen) => fire([seen.getName(), seen.getPath()]))
    .then(() => within(event, "an event"));
}

function plain(stat) {
  return stat && { version: stat.version, cversion: stat.cversion, aversion: stat.aversion, length: stat.dataLength,
    children: stat.numChildren };
}

async function main() {
  const zk = await connected();
  const mode = zookeeper.CreateMode;
  say("create", await call(zk, "create", "/p", Buffer.from("data")));
  say("create again", await call(zk, "create", "/p", Buffer.from("data")));
  say("sequence", await call(zk, "create", "/p/s-", mode.PERSISTENT_SEQUENTIAL));
  say("ephemeral", await call(zk, "create", "/p/e", mode.EPHEMERAL));
  say("mkdirp", await call(zk, "mkdirp", "/p/a/b/c"));
  const [data, stat] = await call(zk, "getData", "/p");
  say("get", String(data), plain(stat));
  say("set", plain((await call(zk, "setData", "/p", Buffer.from("more"), 0))[0]));
  say("set old", await call(zk, "setData", "/p", Buffer.from("more"), 0));
  say("exists", plain((await call(zk, "exists", "/p"))[0]), await call(zk, "exists", "/none"));
  const [names, of] = await call(zk, "getChildren", "/p");
  say("children", names.sort(), plain(of));
  say("tree", (await call(zk, "listSubTreeBFS", "/p"))[0].sort());
  say("missing", await call(zk, "getData", "/none"), await call(zk, "getChildren", "/none"));
  say("acl", (await call(zk, "getACL", "/p"))[0].map((acl) => [acl.permission, acl.id.scheme, acl.id.id]));
  say("set acl", plain((await call(zk, "setACL", "/p/a/b/c",
    [new zookeeper.ACL(zookeeper.Permission.READ, zookeeper.Id.ANYONE_ID_UNSAFE)], -1))[0]));
  say("set after it", await call(zk, "setData", "/p/a/b/c", Buffer.from("x")));
  say("remove not empty", await call(zk, "remove", "/p"));
  say("remove", await call(zk, "remove", "/p/a/b/c", 0), await call(zk, "exists", "/p/a/b/c"));

  const transaction = zk.transaction().create("/p/t", Buffer.from("1")).setData("/p/t", Buffer.from("2"), 0)
    .check("/p/t", 1).remove("/p/t", 1);
  say("transaction", (await within(new Promise((resolve) => transaction.commit((error, results) => {
    resolve([error, results]);
  })), "commit"))[1].map((result) => result.type));
  const failing = zk.transaction().create("/p/u").check("/p", 99).remove("/p/u");
  say("failing", await within(new Promise((resolve) => failing.commit((error, results) => {
    resolve([error && error.name, (results || []).map((result) => [result.type, result.err])]);
  })), "commit"));

  let event = watched(zk, "exists", "/p/w");
  await call(zk, "create", "/p/w");
  say("event", await event);
  event = watched(zk, "getData", "/p/w");
  await call(zk, "setData", "/p/w", Buffer.from("x"));
  say("event", await event);
  event = watched(zk, "getChildren", "/p/w");
  await call(zk, "create", "/p/w/c");
  say("event", await event);
  event = watched(zk, "exists", "/p/w/c");
  await call(zk, "remove", "/p/w/c");
  say("event", await event);

  const answers = await Promise.all(Array.from({ length: 400 }, (_, i) => (i % 2
    ? call(zk, "create", "/p/w/m-", mode.EPHEMERAL_SEQUENTIAL) : call(zk, "getData", "/p/w"))));
  say("pipelined", answers[399], String(answers[398][0]));

  zk.addAuthInfo("digest", Buffer.from("pure:secret"));
  say("private", await call(zk, "create", "/p/private", null, zookeeper.ACL.CREATOR_ALL_ACL, mode.PERSISTENT));
  const other = await connected();
  say("other", await call(other, "getData", "/p/private"));

  const session = zk.getSessionId().toString("hex");
  const again = new Promise((resolve) => zk.on("state", (state) => {
    if (state === zookeeper.State.SYNC_CONNECTED) resolve();
  }));
  say("@restart");
  await within(new Promise((resolve) => process.stdin.once("data", resolve)), "the restart");
  await within(again, "the connection after the restart");
  say("same session", zk.getSessionId().toString("hex") === session);
  say("kept", plain((await call(zk, "exists", "/p/e"))[0]));
  say("authenticated again", (await call(zk, "getData", "/p/private")).length);
  const ended = new Promise((resolve) => zk.on("state", (state) => {
    if (state === zookeeper.State.DISCONNECTED) resolve();
  }));
  zk.close();
  await within(ended, "the end");
  say("gone", await call(other, "exists", "/p/e"));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
