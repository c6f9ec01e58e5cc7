// SPDX-License-Identifier: Apache-2.0
//
// Writes the inputs that fuzzing starts from: fuzz_seeds DIRECTORY makes
// DIRECTORY/<target>/<number>. Made by a program and not kept as files, so that they always have
// the form that the targets read.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "jute/records.h"
#include "jute/writer.h"
#include "tree/data_tree.h"
#include "tree/snapshot.h"
#include "tree_of_fuzz.h"
#include "wire_samples/wire_samples.h"

namespace paddock::fuzz {
namespace {

using jute::CreateMode;
using jute::Opcode;

template <class... Values>
std::string encode(const Values&... values) {
  ByteBuffer bytes;
  jute::Writer writer(bytes);
  (writer.put(values), ...);
  return std::string(bytes.view());
}

/// The first opcodes of a target's list are chosen by their place in it.
std::string byte(std::size_t value) {
  return std::string(1, static_cast<char>(value));
}

std::string part(View bytes) {
  return byte(bytes.size() >> 8U) + byte(bytes.size() & 0xffU) + std::string(bytes);
}

class Seeds {
 public:
  Seeds(std::filesystem::path root, const std::string& target) : directory_(root / target) {
    std::filesystem::create_directories(directory_);
  }

  void add(View bytes) {
    std::ofstream file(directory_ / std::to_string(count_++), std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path directory_;
  int count_ = 0;
};

jute::ListBuilder<jute::Acl> acl(View scheme, View id) {
  jute::ListBuilder<jute::Acl> list;
  list.add({jute::kPermAll, {scheme, id}});
  return list;
}

std::string create(View path, CreateMode mode = CreateMode::Persistent) {
  return encode(jute::CreateRequest{path, "data", acl("world", "anyone").view(), mode});
}

std::string multi(Opcode first, const std::string& one, Opcode second, const std::string& two) {
  return encode(jute::MultiHeader{first, false, -1}) + one +
         encode(jute::MultiHeader{second, false, -1}) + two + encode(jute::kMultiEnd);
}

struct Request {
  Opcode opcode{};
  std::string record;
};

std::vector<Request> writes() {
  return {
      {Opcode::Create, create("/x")},
      {Opcode::Create, create("/a/s", CreateMode::EphemeralSequential)},
      {Opcode::Create2, create("/a/b/c")},
      {Opcode::CreateContainer, create("/c2", CreateMode::Container)},
      {Opcode::CreateTtl, create("/t", CreateMode::PersistentWithTtl) + encode(std::int64_t{1000})},
      {Opcode::Delete, encode(jute::PathVersionRequest{"/a/b", 0})},
      {Opcode::SetData, encode(jute::SetDataRequest{"/a", "new", -1})},
      {Opcode::SetData,
       encode(jute::SetDataRequest{
           "/zookeeper/quota/a/zookeeper_limits", "count=3,bytes=9=;countHardLimit=3", -1})},
      {Opcode::SetData,
       encode(jute::SetDataRequest{
           "/zookeeper/quota/a/zookeeper_stats", "count=9223372036854775807,bytes=0", -1})},
      {Opcode::SetAcl, encode(jute::SetAclRequest{"/a", acl("auth", "").view(), 0})},
      {Opcode::Multi,
       multi(
           Opcode::Create, create("/m"), Opcode::Check, encode(jute::PathVersionRequest{"/m", 0}))},
      {Opcode::Multi,
       multi(Opcode::Delete,
             encode(jute::PathVersionRequest{"/a/b", -1}),
             Opcode::SetData,
             encode(jute::SetDataRequest{"/none", "x", 3}))},
      {Opcode::CloseSession, ""},
  };
}

std::vector<Request> reads() {
  const std::string watch = encode(jute::PathWatchRequest{"/a", true});
  const std::string path = encode(jute::PathRequest{"/a"});
  return {
      {Opcode::Exists, watch},
      {Opcode::GetData, watch},
      {Opcode::GetAcl, path},
      {Opcode::GetChildren, watch},
      {Opcode::GetChildren2, watch},
      {Opcode::GetEphemerals, path},
      {Opcode::GetAllChildrenNumber, path},
      {Opcode::MultiRead, multi(Opcode::GetData, watch, Opcode::GetChildren, watch)},
  };
}

void seed_jute(Seeds seeds) {
  constexpr std::size_t kRecords = 24;
  std::vector<Request> all = writes();
  for (const Request& read : reads()) all.push_back(read);
  all.push_back({Opcode::Auth, encode(jute::AuthPacket{0, "digest", "user:pass"})});
  all.push_back({Opcode::Reconfig, encode(jute::ReconfigRequest{"a", "b", {}, 1})});
  for (std::size_t record = 0; record < kRecords; ++record) {
    for (const Request& request : all) seeds.add(byte(record) + request.record);
  }
}

void seed_path(Seeds seeds) {
  for (const View path : {"/",
                          "/a/b",
                          "/a//b",
                          "/a/../b",
                          "/.",
                          "/\xc3\xa4",
                          "/\xe2\x82\xac",
                          "/\xf0\x9f\x98\x80",
                          "/\xee\x80\x80",
                          "/\xef\xbf\xbd",
                          "/a/",
                          "a/b"}) {
    seeds.add(path);
  }
}

void seed_auth(Seeds seeds) {
  const std::string packet = encode(jute::AuthPacket{0, "digest", "super:admin"});
  for (const View scheme : {"world", "auth", "digest", "ip", "none"}) {
    for (const View id : {"anyone", "user:hash", "10.0.0.0/8", "fd00::/16", "::1"}) {
      seeds.add(part(packet) + part("10.1.2.3") + part(id) + encode(acl(scheme, id).view()));
    }
  }
}

/// The targets list the opcodes in the order of writes() and reads(), each once.
void seed_read(Seeds seeds) {
  std::size_t place = 0;
  for (const Request& request : reads()) seeds.add(byte(place++) + byte(0) + request.record);
}

std::size_t place_of(Opcode opcode) {
  constexpr Opcode kOrder[] = {Opcode::Create,
                               Opcode::Create2,
                               Opcode::CreateContainer,
                               Opcode::CreateTtl,
                               Opcode::Delete,
                               Opcode::SetData,
                               Opcode::SetAcl,
                               Opcode::Multi,
                               Opcode::CloseSession};
  return static_cast<std::size_t>(std::ranges::find(kOrder, opcode) - std::begin(kOrder));
}

void seed_prepare(Seeds seeds) {
  std::string all;
  for (const Request& request : writes()) {
    const std::string one =
        byte(1) + byte(place_of(request.opcode)) + byte(0) + part(request.record);
    seeds.add(one);
    all += one;
  }
  seeds.add(all);
}

void seed_loader(Seeds seeds) {
  TreeOfFuzz server;
  tree::SnapshotWalk walk(server.tree, {.nodes_per_step = 3});
  std::string all;
  bool more = true;
  while (more) {
    tree::pb::TreeChunk chunk;
    const auto step = walk.step(chunk);
    PADDOCK_ASSERT(step.has_value());
    more = *step;
    seeds.add(part(chunk.SerializeAsString()));
    all += part(chunk.SerializeAsString());
  }
  seeds.add(all);
}

/// What damage_once() reads: kind, file, place, value, and for copies where from.
std::string damage(std::size_t kind, std::size_t file, std::size_t at, std::size_t value) {
  return byte(kind) + byte(file) + byte(at >> 8U) + byte(at & 0xffU) + byte(value) + byte(0) +
         byte(0) + byte(64) + byte(9);
}

void seed_damage(Seeds seeds, const std::string& before) {
  for (std::size_t kind = 0; kind < 6; ++kind) {
    for (const std::size_t at : {0U, 40U, 300U, 5000U})
      seeds.add(before + damage(kind, at % 3, at, 0x5a));
  }
}

void seed_config(Seeds seeds) {
  const View file =
      "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/data\nclientPort=2181\n"
      "4lw.commands.whitelist=*\nautopurge.purgeInterval=1\nmaxClientCnxns=60\nadmin.serverPort="
      "8080\n"
      "server.1=a:2888:3888:participant;2181\nserver.2=b:2888:3888:observer;0.0.0.0:2181\n"
      "group.1=1:2\nweight.1=3\n# comment\nsecureClientPort = 2281\nssl.clientAuth=want\n";
  const View other = "server.3=c|d:2888:3888;2181\nversion=100000000\n";
  const View environment =
      "ZOO_TICK_TIME=3000\nZOO_SERVERS=server.1=a:2888:3888;2181\nJVMFLAGS=-Dzookeeper.skipACL=yes";
  seeds.add(part(file) + part(other) + part(environment) + "zoo.cfg\ntickTime=1");
  seeds.add(part("dynamicConfigFile=/x\ndataDir=/d\nclientPort=0\n") + part(other) + part("") +
            "2181\n/data\n2000");
}

std::string shard_request(const Request& request, std::size_t xid) {
  return byte(11) + byte(0) + byte(xid) + byte(static_cast<std::uint8_t>(request.opcode)) +
         part(request.record);
}

void seed_shard(Seeds seeds) {
  const std::string settle = byte(3) + byte(4) + byte(5) + byte(6) + byte(0) + byte(255);
  const std::string established = byte(0) + byte(2) + byte(0) + byte(0) + settle;
  const std::vector<Request> setup = {
      {Opcode::Auth, encode(jute::AuthPacket{0, "digest", "user:pass"})},
      {Opcode::AddWatch,
       encode(jute::AddWatchRequest{"/", jute::AddWatchMode::PersistentRecursive})},
      {Opcode::SetWatches,
       encode(std::int64_t{1}, std::int32_t{1}, View("/a"), std::int32_t{0}, std::int32_t{0})},
      {Opcode::Sync, encode(jute::PathRequest{"/"})},
      {Opcode::WhoAmI, ""},
      {Opcode::Ping, ""},
      {Opcode::RemoveWatches, encode(jute::PathTypeRequest{"/", jute::WatcherType::Any})},
  };
  std::string all = established;
  std::size_t xid = 1;
  for (const auto& list : {writes(), reads(), setup}) {
    for (const Request& request : list) {
      const std::string one = shard_request(request, xid++);
      seeds.add(established + one + settle);
      all += one + settle;
    }
  }
  seeds.add(all);
  for (const View word : {"ruok", "srvr", "mntr", "isro"})
    seeds.add(byte(0) + byte(1) + byte(0) + part(word));
}

/// A connection that stands, one request of each kind and its answer, an event, a lost connection.
void seed_client(Seeds seeds) {
  const std::string connected = byte(0) + byte(3) + byte(0x20) + byte(0) + byte(7) + byte(1);
  const std::string ok = byte(8) + byte(1) + byte(1) + byte(9);
  const std::string stat(68, '\0');
  const std::string names = encode(std::int32_t{1}, View("a"));
  const std::string body = encode(View("/a")) + stat;
  std::string all;
  for (std::size_t kind = 0; kind < 8; ++kind) {
    const std::string asked = byte(6) + part("a") + byte(1) + byte(kind);
    const std::string answered = ok + part(kind == 3 ? names + stat : kind == 1 ? stat : body);
    const std::string fired = byte(4) + byte(1 + kind % 4) + byte(9) + part("a");
    seeds.add(byte(1) + connected + asked + answered + fired);
    all += asked + answered + fired + byte(1) + byte(5) + part("") + connected;
  }
  seeds.add(byte(0) + connected + all);
  seeds.add(byte(0) + byte(0) + byte(2) + part(std::string(3, '\xff')));
}

void seed_http(Seeds seeds) {
  for (const View text :
       {"GET /livez HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /admin/transfer-leader?to=2 HTTP/1.1\r\nAuthorization: digest a:b\r\n"
        "Content-Length: 2\r\n\r\nxyHEAD / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n"}) {
    seeds.add(byte(1) + std::string(text));
  }
}

void seed_text(Seeds seeds) {
  seeds.add(byte(0) + "count=5,bytes=100=;byteHardLimit=-1;countHardLimit=10");
  seeds.add(byte(1) + "world:anyone:cdrwa,digest:user:hash=:r,ip:10.0.0.0/8:rw");
  seeds.add(byte(2) + "host1:2181,[::1]:2182,host3/chroot/x");
  seeds.add(byte(3) +
            "Zookeeper version: 3.8.0, built on 2022\nLatency min/avg/max: 0/0.0/1\n"
            "Received: 1\nZxid: 0x1f\nMode: standalone\nNode count: 5\n");
  seeds.add(byte(3) + "server.1=h:2888:3888:participant;0.0.0.0:2181\nversion=100000000\n");
}

/// Header and body of a frame, each with its length: the target makes the checksum.
std::string parts_of(const std::string& frame) {
  const std::size_t body = wire::kPrefixBytes + wire::load_prefix(frame.data()).header_length;
  return part(View{frame}.substr(wire::kPrefixBytes, body - wire::kPrefixBytes)) +
         part(View{frame}.substr(body));
}

void seed_wire(Seeds seeds) {
  constexpr std::size_t kFrameBytesMax = 4000;
  std::string all = byte(1);
  const auto add = [&](const std::string& frame) {
    if (frame.size() > kFrameBytesMax) return;
    seeds.add(byte(0) + part(frame));
    seeds.add(byte(1) + parts_of(frame));
    all += parts_of(frame);
  };
  for (const replica::PeerMessage& message : wire::samples()) add(wire::encode(message));
  add(wire::encode(wire::hello()));
  add(wire::encode(wire::Refusal{"reason"}));
  add(wire::encode(wire::Ping{}));
  seeds.add(all);
}

/// Without a hash at the end: the target adds one.
void seed_jaas(Seeds seeds) {
  const std::string file =
      "Server { // users\n org.apache.zookeeper.server.auth.DigestLoginModule required "
      "user_alice=\"a\\\"\\101\" /* */ user_bob=b; };\n"
      "K { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true "
      "keyTab=\"/x\" principal=\"zookeeper/h@R\"; };\n";
  seeds.add(part("DEFAULT") + part("alice@REALM") + file);
  seeds.add(part("RULE:[2:$1@$0](.*@R)s/(a)b*/$1\\$/g/L DEFAULT") + part("ab/host@R") + file);
}

void seed_sasl(Seeds seeds) {
  for (const auto& [user, password] : {std::pair("alice", "a"), std::pair("bob", "x")}) {
    seeds.add(byte(1) + part(user) + part(password) + part("") + part(""));
    seeds.add(byte(1) + part(user) + part(password) + part("bob") + part("R") + ",x=y");
  }
  seeds.add(byte(0) + part("") + part("username=\"alice\",realm=\"zk-sasl-md5\",nc=00000001"));
  seeds.add(byte(0) + part("x"));
}

void seed_jks(Seeds seeds) {
  const std::string certificate = part("X.509") + encode(View("certificate"));
  const std::string algorithm("\x30\x0e\x06\x0a\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01\x05\0", 16);
  const std::string key = "\x30\x4e" + algorithm + "\x04\x3c" + std::string(60, 'k');
  const auto entry = [](std::int32_t kind, View alias) {
    return encode(kind) + part(alias) + encode(std::int64_t{0});
  };
  const auto head = [](std::int32_t count) {
    return std::string("\xfe\xed\xfe\xed") + encode(std::int32_t{2}, count);
  };
  seeds.add(head(1) + entry(2, "ca") + certificate);
  seeds.add(head(1) + entry(1, "server") + encode(View(key), std::int32_t{1}) + certificate);
}

void seed_watch(Seeds seeds) {
  const std::string pod = R"({"metadata":{"namespace":"n","name":"a","resourceVersion":"12"}})";
  const std::string list = R"({"metadata":{"resourceVersion":"10"},"items":[)" + pod + "]}";
  const std::string head = "HTTP/1.1 200 OK\r\n";
  for (const std::string type : {"ADDED", "DELETED", "BOOKMARK", "ERROR"}) {
    const std::string line = R"({"type":")" + type + R"(","object":)" + pod + "}\n";
    seeds.add(byte(3) + part(list) + head + "\r\n" + line + line);
    seeds.add(byte(3) + part(list) + head + "Transfer-Encoding: chunked\r\n\r\n5;x\r\n" +
              line.substr(0, 5) + "\r\n0\r\n\r\n");
  }
}

void seed_status(Seeds seeds) {
  seeds.add(byte(1) + byte(173) + part("5") +
            R"({"kind":"Status","code":429,"reason":"TooManyRequests","message":"m","details":)"
            R"({"retryAfterSeconds":3,"causes":[{"reason":"r","message":"m","field":"f"}]}})");
  seeds.add(byte(1) + byte(144) + part("2026-11-28T07:35:30.123456+01:00") +
            R"({"metadata":{"resourceVersion":"1"},"spec":{"holderIdentity":"a",)"
            R"("leaseDurationSeconds":15,"leaseTransitions":1,"renewTime":"x"}})");
  seeds.add(byte(0) + byte(0) + part("") +
            R"({"groupVersion":"v1","major":"1","minor":"2+","groups":[{"versions":)"
            R"([{"groupVersion":"a/v1"}]}],"resources":[{"name":"a/b","kind":"A"}]})");
}

void seed_apache(Seeds seeds) {
  const auto txn = [](std::int64_t zxid, std::int32_t type, const std::string& body) {
    return part(encode(std::int64_t{0x1001}, std::int32_t{1}, zxid, std::int64_t{10}, type) + body);
  };
  const auto create = [](View path, bool is_ephemeral) {
    return encode(path, View("data"), std::int32_t{1}, std::int32_t{31}, View("world")) +
           encode(View("anyone"), is_ephemeral, std::int32_t{1});
  };
  const std::string created = txn(1, 1, create("/a", false)) + txn(2, 1, create("/a/b", true));
  seeds.add(byte(1) + created + txn(3, 5, encode(View("/a"), View("x"), std::int32_t{1})) +
            txn(4, 2, encode(View("/a/b"))));
  seeds.add(byte(1) + created + txn(3, -11, encode(std::int32_t{1}, View("/a/b"))));
  seeds.add(byte(1) +
            txn(1, 14, encode(std::int32_t{1}, std::int32_t{1}, View(create("/m", false)))));
  const auto node = [](View path) {
    constexpr std::int64_t kZxid = 3;
    return encode(path, View("x"), std::int64_t{-1}, kZxid, kZxid, kZxid, kZxid) +
           encode(std::int32_t{0}, std::int32_t{0}, std::int32_t{0}, std::int64_t{0}, kZxid);
  };
  const std::string head = encode(std::int32_t{0x5a4b534e}, std::int32_t{2}, std::int64_t{-1});
  const std::string sessions = encode(std::int32_t{1}, std::int64_t{0x1001}, std::int32_t{4000});
  seeds.add(byte(0) + head + sessions + encode(std::int32_t{0}) + node("") + node("/a") +
            encode(View("/")));
  seeds.add(byte(2) + encode(std::int32_t{0x5a4b4c47}, std::int32_t{2}, std::int64_t{0}) +
            std::string(20, '\0'));
  seeds.add(byte(3) + std::string("\x82SNAPPY\0\0\0\0\1\0\0\0\1\0\0\0\6\x0a\4ab\x11\2", 26));
}

void seed_all(const std::filesystem::path& root) {
  seed_jute({root, "jute"});
  seed_path({root, "path"});
  seed_auth({root, "auth"});
  seed_read({root, "read"});
  seed_prepare({root, "prepare"});
  seed_loader({root, "loader"});
  seed_damage({root, "log"}, byte(1) + byte(1) + byte(1));
  seed_damage({root, "metadata"}, byte(1));
  seed_damage({root, "snapshot"}, byte(2));
  seed_config({root, "config"});
  seed_shard({root, "shard"});
  seed_client({root, "client"});
  seed_text({root, "text"});
  seed_http({root, "http"});
  seed_wire({root, "wire"});
  seed_jks({root, "jks"});
  seed_jaas({root, "jaas"});
  seed_sasl({root, "sasl"});
  seed_watch({root, "watch"});
  seed_status({root, "status"});
  seed_apache({root, "apache"});
}

}  // namespace
}  // namespace paddock::fuzz

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: fuzz_seeds DIRECTORY\n", stderr);
    return 2;
  }
  paddock::fuzz::seed_all(arguments[1]);
  return 0;
}
