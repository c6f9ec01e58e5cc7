// SPDX-License-Identifier: Apache-2.0
#include "tls/reloader.h"

#include <utility>

namespace paddock::tls {

Reloader::News Reloader::look(Result<Files> found) {
  if (!found) return complain(found.error().message);
  if (*found == in_force_) {
    doubt_.clear();
    complaint_.clear();
    return {};
  }
  auto made = Context::create(config_, *found);
  if (!made) return complain(made.error().message);
  in_force_ = std::move(*found);
  doubt_.clear();
  complaint_.clear();
  return {.context = std::move(*made)};
}

Reloader::News Reloader::complain(std::string why) {
  const bool is_still_so = why == doubt_;
  doubt_ = std::move(why);
  if (!is_still_so || doubt_ == complaint_) return {};
  complaint_ = doubt_;
  return {.context = nullptr, .complaint = complaint_};
}

}  // namespace paddock::tls
