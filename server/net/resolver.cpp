// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace paddock::net {

struct Resolver::Shared {
  explicit Shared(std::function<void()> the_wake) : wake(std::move(the_wake)) {}

  /// Under the mutex, so that nobody is woken once the resolver is gone.
  void answer(Answer answer) {
    if (is_closed) return;
    answers.push_back(std::move(answer));
    has_answers.store(true);
    wake();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> wake;
  std::deque<Question> questions;
  std::vector<Answer> answers;
  std::atomic<bool> has_answers{false};
  bool is_busy = false;
  bool is_closed = false;
};

Resolver::Resolver(std::function<void()> wake)
    : shared_(std::make_shared<Shared>(std::move(wake))),
      thread_([shared = shared_] { run(shared); }) {}

Resolver::~Resolver() {
  bool is_busy = false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_closed = true;
    is_busy = shared_->is_busy;
  }
  shared_->changed.notify_all();
  // A name server may keep the thread for seconds more; what it uses is its own by then.
  if (is_busy) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void Resolver::ask(Question question) {
  const std::lock_guard lock(shared_->mutex);
  if (const auto number = numeric_address(question.host, question.port)) {
    return shared_->answer({question.ticket, std::vector{*number}});
  }
  shared_->questions.push_back(std::move(question));
  shared_->changed.notify_all();
}

bool Resolver::has_answers() const {
  return shared_->has_answers.load();
}

std::vector<Resolver::Answer> Resolver::take() {
  const std::lock_guard lock(shared_->mutex);
  shared_->has_answers.store(false);
  return std::exchange(shared_->answers, {});
}

void Resolver::run(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  for (;;) {
    shared->changed.wait(lock, [&] { return shared->is_closed || !shared->questions.empty(); });
    if (shared->is_closed) return;
    const Question question = std::move(shared->questions.front());
    shared->questions.pop_front();
    shared->is_busy = true;
    lock.unlock();
    auto addresses = resolve(question.host, question.port);
    lock.lock();
    shared->is_busy = false;
    shared->answer({question.ticket, std::move(addresses)});
  }
}

}  // namespace paddock::net
