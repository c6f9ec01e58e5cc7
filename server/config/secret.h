// SPDX-License-Identifier: Apache-2.0
//
// Text that must never reach a log, an error message or an admin answer: passwords and the super
// user's digest. It has no conversion, no comparison with text and no way to be printed; whoever
// needs the value says so by calling reveal().
#pragma once

#include <iosfwd>
#include <string>
#include <utility>

namespace paddock::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& reveal() const { return text_; }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::string text_;
};

}  // namespace paddock::config
