// SPDX-License-Identifier: Apache-2.0
//
// Runs a client until something has happened. Whoever waits for what never happens fails after a
// minute; nothing else is said about time.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "kube/requests.h"
#include "kube_client/client.h"

namespace paddock::kube {

namespace asio = boost::asio;

class Driver {
 public:
  template <class Predicate>
  void run_until(Predicate has_happened) {
    const auto give_up = std::chrono::steady_clock::now() + seconds(60);
    while (!has_happened() && std::chrono::steady_clock::now() < give_up) {
      io.restart();
      // Not longer: a server's thread may be what has_happened() asks about.
      io.run_one_for(milliseconds(10));
    }
    ASSERT_TRUE(has_happened());
  }

  Client& connect(ClusterAccess access) {
    client = std::make_unique<Client>(
        io,
        std::move(access),
        ClientOptions{.user_agent = "test",
                      .answer_bytes_max = 200'000,
                      .line_bytes_max = 10'000,
                      .on_warning = [this](const std::string& text) { warnings.push_back(text); },
                      .on_attempt =
                          [this](const AttemptReport& one) {
                            codes.push_back(one.code);
                          }});
    return *client;
  }
  Client& connect(std::uint16_t port) {
    return connect(ClusterAccess{.url = {.is_secure = false, .host = "127.0.0.1", .port = port}});
  }

  Reply call(Request request) {
    std::optional<Reply> reply;
    const auto pending =
        client->call(std::move(request), [&](Reply got) { reply = std::move(got); });
    run_until([&] { return reply.has_value(); });
    return reply ? std::move(*reply) : std::unexpected(failed(Failure::Stopped, "no reply"));
  }

  asio::io_context io;
  std::unique_ptr<Client> client;
  std::vector<std::string> warnings;
  std::vector<unsigned> codes;  // of each attempt
};

/// What a watch has told.
struct Watching {
  void start(Driver& driver, Request request) {
    pending = driver.client->watch(std::move(request),
                                   {.on_open = [this] { is_open = true; },
                                    .on_line = [this](View line) { lines.emplace_back(line); },
                                    .on_end =
                                        [this](std::optional<ApiError> why) {
                                          has_ended = true;
                                          error = std::move(why);
                                        }});
  }
  bool is_open = false;
  bool has_ended = false;
  std::vector<std::string> lines;
  std::optional<ApiError> error;
  std::unique_ptr<Pending> pending;
};

/// A folder for files that are read again and again.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "paddock-kube-XXXXXX") {
    std::string name = path_.string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, std::string_view text) const {
    const auto file = path_ / name;
    std::ofstream(file) << text;
    return file.string();
  }
  std::string program(const std::string& name, std::string_view script) const {
    const std::string file = write(name, script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace paddock::kube
