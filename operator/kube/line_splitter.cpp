// SPDX-License-Identifier: Apache-2.0
#include "kube/line_splitter.h"

namespace paddock::kube {

void LineSplitter::put(View bytes) {
  if (has_overflown_) return;
  bytes_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  bytes_.append(bytes);
}

std::optional<View> LineSplitter::next() {
  while (!has_overflown_) {
    const std::size_t end = bytes_.find('\n', scanned_);
    const std::size_t length = (end == std::string::npos ? bytes_.size() : end) - begin_;
    if (length > line_bytes_max_) {
      has_overflown_ = true;
      return std::nullopt;
    }
    if (end == std::string::npos) {
      scanned_ = bytes_.size();
      return std::nullopt;
    }
    const View line(bytes_.data() + begin_, length);
    begin_ = scanned_ = end + 1;
    if (!line.empty()) return line;
  }
  return std::nullopt;
}

}  // namespace paddock::kube
