// SPDX-License-Identifier: Apache-2.0
#include "request/quota.h"

#include <charconv>
#include <string>

#include "request/path.h"

namespace paddock::request {

namespace {

constexpr View kQuotaRoot = "/zookeeper/quota";
constexpr View kLimits = "/zookeeper_limits";
constexpr View kUse = "/zookeeper_stats";
constexpr std::int64_t kUnset = -1;

/// The data of the quota node `name` of `path`; null if there is none.
View quota_data(const tree::DataTree& tree, View path, View name) {
  std::string full(kQuotaRoot);
  full.append(path).append(name);
  const tree::Znode* node = tree.find(full);
  if (node == nullptr) return {};
  const View data = tree.data(*node);
  return is_null(data) ? kEmpty : data;
}

bool breaks(View limits, View use, View limit_key, View use_key, std::int64_t demand) {
  const std::int64_t limit = quota_value(limits, limit_key);
  return demand != 0 && limit > kUnset && quota_value(use, use_key) + demand > limit;
}

}  // namespace

std::int64_t quota_value(View text, View key) {
  while (!text.empty()) {
    const View pair = text.substr(0, text.find_first_of(",;"));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == View::npos || pair.substr(0, equals) != key) continue;
    std::int64_t value = kUnset;
    const char* const end = pair.data() + pair.size();
    std::from_chars(pair.data() + equals + 1, end, value);
    return value;
  }
  return kUnset;
}

bool breaks_quota(const tree::DataTree& tree, View path, QuotaDemand demand) {
  // The root has no quota.
  for (View prefix = path; prefix.size() > 1; prefix = parent_of(prefix)) {
    const View limits = quota_data(tree, prefix, kLimits);
    if (is_null(limits)) continue;
    const View use = quota_data(tree, prefix, kUse);
    if (is_null(use)) return false;
    return breaks(limits, use, "countHardLimit", "count", demand.nodes) ||
           breaks(limits, use, "byteHardLimit", "bytes", demand.bytes);
  }
  return false;
}

}  // namespace paddock::request
