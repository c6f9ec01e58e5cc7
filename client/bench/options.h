// SPDX-License-Identifier: Apache-2.0
//
// What the command line of the load generator says, one struct per kind of run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/time.h"
#include "bench/endpoint.h"
#include "bench/operation.h"

namespace paddock::bench {

/// What every kind of run takes.
struct CommonOptions {
  std::vector<Endpoint> endpoints;
  milliseconds session_timeout{30000};
  /// Whose processor time is reported, in all; may be empty.
  std::vector<pid_t> server_pids;
  /// Empty: no JSON. "-": standard output, the table then goes to standard error.
  std::string json_path;
  bool quiet = false;
};

/// `run` and `stall`.
struct LoadOptions {
  Mix mix;
  std::uint32_t sessions = 16;
  std::uint32_t pipeline = 1;
  std::uint32_t threads = 1;
  std::uint32_t value_size = 100;
  std::uint64_t keys = 1000;
  std::string key_pattern = "/bench/key-{}";
  std::uint32_t multi_size = 10;
  bool ephemeral = false;
  /// Leaves the znodes where they are.
  bool keep = false;
  /// Each session asks for linearizable reads, which not every server knows.
  bool linearizable = false;
  Duration warm_up{seconds{1}};
  Duration duration{seconds{10}};
  /// 0: until the duration is over.
  std::uint64_t operations = 0;
  /// Operations per second in all; 0: as fast as the server answers.
  std::uint64_t rate = 0;
  std::uint64_t seed = 1;
};

struct FanoutOptions {
  std::uint32_t watchers = 1000;
  std::uint32_t rounds = 20;
  std::uint32_t value_size = 100;
  std::string path = "/bench/fanout";
};

struct StormOptions {
  std::uint32_t sessions = 5000;
  std::uint32_t rounds = 1;
  /// Handshakes under way at a time. More than 50 overflow the accept queue of a default ZooKeeper,
  /// and a dropped SYN costs a second.
  std::uint32_t concurrency = 32;
  bool reattach = false;
};

struct FillOptions {
  std::uint64_t znodes = 1'000'000;
  std::uint32_t value_size = 100;
  std::uint32_t per_directory = 1000;
  std::uint32_t multi_size = 200;
  std::string path = "/fill";
  std::uint64_t seed = 1;
};

}  // namespace paddock::bench
