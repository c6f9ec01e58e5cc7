// SPDX-License-Identifier: Apache-2.0
#include "kube_client/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/escape.h"
#include "net/fd.h"

namespace paddock::kube {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kOutputMax = std::size_t{1} << 20U;
constexpr std::size_t kComplaintMax = 400;

/// What posix_spawn wants of lists of texts.
class Pointers {
 public:
  explicit Pointers(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  Pointers(const Pointers&) = delete;
  Pointers& operator=(const Pointers&) = delete;
  [[nodiscard]] char* const* data() { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

std::vector<std::string> arguments_of(const Command& command) {
  std::vector<std::string> all{command.program};
  all.insert(all.end(), command.args.begin(), command.args.end());
  return all;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    const bool is_replaced =
        std::ranges::any_of(command.env, [&](const auto& own) { return own.first == name; });
    if (!is_replaced) all.emplace_back(text);
  }
  for (const auto& [name, value] : command.env) all.push_back(name + "=" + value);
  return all;
}

/// One end for us, one for the program.
struct Pipe {
  net::Fd ours;
  net::Fd theirs;
};

std::optional<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{net::Fd(ends[0]), net::Fd(ends[1])};
}

/// The actions and attributes of one posix_spawn.
class Spawning {
 public:
  Spawning(int output, int complaints) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, complaints, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    // A group of its own, to be killed as one.
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
  }
  ~Spawning() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  Result<pid_t> start(const Command& command) const {
    Pointers arguments(arguments_of(command));
    Pointers environment(environment_of(command));
    pid_t child = 0;
    const int error = ::posix_spawnp(&child,
                                     command.program.c_str(),
                                     &actions_,
                                     &attributes_,
                                     arguments.data(),
                                     environment.data());
    if (error != 0) return fail("cannot run " + command.program + ": " + errno_text(error));
    return child;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Takes what is there without waiting; false at its end.
bool drain(const net::Fd& from, std::string& into) {
  std::array<char, 16384> block{};
  for (;;) {
    const ssize_t count = ::read(from.get(), block.data(), block.size());
    if (count > 0 && into.size() <= kOutputMax)
      into.append(block.data(), static_cast<std::size_t>(count));
    if (count > 0) continue;
    return count < 0 && (errno == EAGAIN || errno == EINTR);
  }
}

struct Outputs {
  std::string output;
  std::string complaints;
};

/// A program that runs, and is no more when this is gone.
class Child {
 public:
  Child(pid_t pid, Pipe output, Pipe complaints)
      : pid_(pid),
        ended_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
        output_(std::move(output.ours)),
        complaints_(std::move(complaints.ours)) {}
  ~Child() {
    if (pid_ == 0) return;
    ::kill(-pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// False: it has not ended in time, or cannot be watched.
  [[nodiscard]] bool read_until_end(Outputs& into, Clock::time_point deadline) const {
    bool has_output = true;
    bool has_complaints = true;
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
      if (left <= 0 || into.output.size() > kOutputMax || !ended_.is_open()) return false;
      std::array<pollfd, 3> wanted{{{ended_.get(), POLLIN, 0},
                                    {has_output ? output_.get() : -1, POLLIN, 0},
                                    {has_complaints ? complaints_.get() : -1, POLLIN, 0}}};
      ::poll(wanted.data(), wanted.size(), static_cast<int>(left));
      has_output = has_output && drain(output_, into.output);
      has_complaints = has_complaints && drain(complaints_, into.complaints);
      if (wanted[0].revents != 0) return into.output.size() <= kOutputMax;
    }
  }

  /// How it has ended.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
  net::Fd ended_;
  net::Fd output_;
  net::Fd complaints_;
};

std::string told(const std::string& complaints) {
  return complaints.empty() ? "" : ": " + printable(complaints.substr(0, kComplaintMax));
}

}  // namespace

Result<std::string> run(const Command& command, Duration limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  auto output = open_pipe();
  auto complaints = open_pipe();
  if (!output || !complaints)
    return fail("cannot run " + command.program + ": " + errno_text(errno));
  const Spawning spawning(output->theirs.get(), complaints->theirs.get());
  const auto pid = spawning.start(command);
  PADDOCK_TRY(pid);
  Child child(*pid, *std::move(output), *std::move(complaints));
  Outputs outputs;
  if (!child.read_until_end(outputs, deadline)) {
    const bool is_long = outputs.output.size() > kOutputMax;
    return fail(command.program + (is_long ? " prints without end" : " has not ended in time") +
                told(outputs.complaints));
  }
  const int status = child.wait();
  if (status == 0) return std::move(outputs.output);
  const std::string how = WIFEXITED(status) ? " failed with " + std::to_string(WEXITSTATUS(status))
                                            : " was ended by a signal";
  return fail(command.program + how + told(outputs.complaints));
}

}  // namespace paddock::kube
