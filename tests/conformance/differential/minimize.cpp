// SPDX-License-Identifier: Apache-2.0
#include "minimize.h"

#include <fmt/format.h>

namespace paddock::conformance {

namespace {

using Clock = std::chrono::steady_clock;

class Minimizer {
 public:
  Minimizer(const PlayerOptions& place, Clock::time_point deadline)
      : place_(place), deadline_(deadline) {}

  [[nodiscard]] bool late() const { return Clock::now() >= deadline_; }

  /// Plays the steps below a root of their own.
  std::optional<Mismatch> play(const std::vector<Step>& steps) {
    PlayerOptions place = place_;
    place.root += fmt::format("m{}", ++runs_);
    Player player(place);
    if (auto mismatch = player.start()) return mismatch;
    for (const Step& step : steps) {
      if (auto mismatch = player.play(step, nullptr)) return mismatch;
    }
    return player.finish();
  }

  /// Keeps `candidate` if it fails too.
  bool accept(std::vector<Step> candidate, Minimized& best) {
    auto mismatch = play(candidate);
    if (!mismatch) return false;
    best = {std::move(candidate), std::move(mismatch)};
    return true;
  }

 private:
  PlayerOptions place_;
  Clock::time_point deadline_;
  std::uint64_t runs_ = 0;
};

std::vector<Step> without(const std::vector<Step>& steps, std::size_t from, std::size_t count) {
  std::vector<Step> rest(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(from));
  rest.insert(rest.end(),
              steps.begin() + static_cast<std::ptrdiff_t>(std::min(steps.size(), from + count)),
              steps.end());
  return rest;
}

/// Most differences come from the last few steps: tries those alone before the whole sequence.
bool keep_last(Minimizer& minimizer, const std::vector<Step>& steps, Minimized& best) {
  for (std::size_t kept = 20; kept + 1 < steps.size(); kept *= 5) {
    if (minimizer.accept(without(steps, 1, steps.size() - 1 - kept), best)) return true;
  }
  return false;
}

void drop_steps(Minimizer& minimizer, Minimized& best) {
  for (std::size_t chunk = best.steps.size() / 2; chunk > 0 && !minimizer.late(); chunk /= 2) {
    // The first step makes the top nodes and stays; later steps are likelier to matter.
    for (std::size_t from = 1; from < best.steps.size() && !minimizer.late();) {
      if (!minimizer.accept(without(best.steps, from, chunk), best)) from += chunk;
    }
  }
}

void drop_requests(Minimizer& minimizer, Minimized& best) {
  for (std::size_t i = best.steps.size(); i-- > 1;) {
    for (std::size_t j = best.steps[i].requests.size(); j-- > 0 && !minimizer.late();) {
      std::vector<Step> candidate = best.steps;
      auto& requests = candidate[i].requests;
      requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(j));
      if (requests.empty()) candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(i));
      const bool whole = candidate.size() != best.steps.size();
      if (minimizer.accept(std::move(candidate), best) && whole) break;
    }
  }
}

}  // namespace

Minimized minimize(std::vector<Step> steps,
                   const PlayerOptions& place,
                   std::chrono::seconds budget) {
  Minimizer minimizer(place, Clock::now() + budget);
  Minimized best;
  if (!keep_last(minimizer, steps, best) && !minimizer.accept(std::move(steps), best)) return best;
  drop_steps(minimizer, best);
  drop_requests(minimizer, best);
  return best;
}

}  // namespace paddock::conformance
