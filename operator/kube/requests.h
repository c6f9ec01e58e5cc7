// SPDX-License-Identifier: Apache-2.0
//
// Every request that the client makes, built. Pure.
// Source: Kubernetes "API concepts"; server-side apply; policy/v1 Eviction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kube/request.h"
#include "kube/resource.h"

namespace paddock::kube {

[[nodiscard]] Request get(const Resource& resource, const ObjectKey& key);
/// Any other document: "/version", "/apis".
[[nodiscard]] Request get(std::string target);

/// Which objects a list or a watch is about.
struct Selection {
  std::string ns{};  // empty: all namespaces
  std::string labels{};
  std::string fields{};
};

/// One page of the state as a quorum of the store has it. No limit: all in one page.
[[nodiscard]] Request list(const Resource& resource,
                           const Selection& selection,
                           unsigned limit,
                           std::string_view continue_token);

/// What happens from `resource_version` on; the server ends it after `time_limit`.
[[nodiscard]] Request watch(const Resource& resource,
                            const Selection& selection,
                            std::string_view resource_version,
                            seconds time_limit);

enum class Rehearsal : std::uint8_t {
  No,
  DryRun,  // everything but the writing
};

/// `object` has a name or a generateName.
[[nodiscard]] Request create(const Resource& resource,
                             std::string_view ns,
                             const json::value& object);
/// The whole object; with its resourceVersion it fails if somebody was faster.
[[nodiscard]] Request update(const Resource& resource,
                             const ObjectKey& key,
                             const json::value& object);

struct ApplyOptions {
  std::string field_manager;
  /// "status": nothing else is written then, and the manager's name ends with "-status".
  std::string subresource{};
  Rehearsal rehearsal = Rehearsal::No;
  /// Takes fields over from other managers.
  bool is_forced = true;
};

/// Server-side apply: `intent` is all that we want of the object and nothing else.
[[nodiscard]] Request apply(const Resource& resource,
                            const ObjectKey& key,
                            const json::value& intent,
                            const ApplyOptions& options);

/// Null removes a member. A resourceVersion in it makes it fail if somebody was faster.
[[nodiscard]] Request merge_patch(const Resource& resource,
                                  const ObjectKey& key,
                                  const json::value& patch,
                                  std::string_view subresource = {});

/// Only this very object, and only in this state; what is empty is not asked for.
struct Preconditions {
  std::string uid{};
  std::string resource_version{};
};

/// What depends on the object goes afterwards, in the background.
[[nodiscard]] Request remove(const Resource& resource,
                             const ObjectKey& key,
                             const Preconditions& preconditions);

[[nodiscard]] Request get_scale(const Resource& resource, const ObjectKey& key);
[[nodiscard]] Request set_scale(const Resource& resource, const ObjectKey& key, unsigned replicas);

/// `policy_version`: "v1", or "v1beta1" of servers before 1.22.
[[nodiscard]] Request evict(const ObjectKey& pod,
                            const Preconditions& preconditions,
                            std::string_view policy_version = "v1");

enum class Evicted : std::uint8_t {
  Yes,
  Gone,           // there is no such pod any more
  Another,        // the pod of this name is not the one that was meant
  Blocked,        // a disruption budget does not allow it now
  Misconfigured,  // more than one budget is about the pod: nobody can evict it
  Failed,         // anything else
};

/// What an answer to evict() means.
[[nodiscard]] Evicted evicted(const Reply& reply);

/// JSON that a YAML parser reads as the same: YAML allows fewer characters unescaped.
[[nodiscard]] std::string yaml_safe(std::string_view json_text);

}  // namespace paddock::kube
