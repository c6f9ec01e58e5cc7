// SPDX-License-Identifier: Apache-2.0
#include "runtime/link_policy.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/escape.h"

namespace paddock::runtime {

namespace {

/// What another server says of itself, fit for a line.
std::string shown(View text) {
  constexpr std::size_t kShownMax = 64;
  return printable(text.substr(0, kShownMax));
}

std::optional<std::string> protocol_objection(const wire::Hello& self, const wire::Hello& other) {
  const bool is_other_newer = other.protocol_min > self.protocol;
  if (!is_other_newer && self.protocol_min <= other.protocol) return std::nullopt;
  const wire::Hello& older = is_other_newer ? self : other;
  return fmt::format(
      "server {} (version {}) and server {} (version {}) have no version of the protocol in "
      "common; upgrade server {}, if need be in several steps",
      raw(self.server),
      shown(self.software),
      raw(other.server),
      shown(other.software),
      raw(older.server));
}

std::optional<std::string> id_objection(const wire::Hello& self,
                                        const wire::Hello& other,
                                        std::optional<ServerId> dialed) {
  if (other.server == self.server && other.incarnation == self.incarnation) {
    return fmt::format(
        "server {} has dialed itself; the address of another server.N line leads to it",
        raw(self.server));
  }
  if (other.server == self.server) {
    return fmt::format("two servers have the id {}; give one of them another myid",
                       raw(self.server));
  }
  const std::optional<ServerId> meant = dialed ? dialed : other.to;
  const ServerId found = dialed ? other.server : self.server;
  if (meant && *meant != found) {
    return fmt::format(
        "the address that server {} has for server {} leads to server {}; correct its server.{} "
        "line or the name service",
        raw(dialed ? self.server : other.server),
        raw(*meant),
        raw(found),
        raw(*meant));
  }
  return std::nullopt;
}

std::optional<std::string> ensemble_objection(const wire::Hello& self, const wire::Hello& other) {
  if (self.ensemble_id.empty() || other.ensemble_id.empty() ||
      self.ensemble_id == other.ensemble_id) {
    return std::nullopt;
  }
  return fmt::format(
      "server {} belongs to the ensemble '{}' and server {} to the ensemble '{}'; correct the "
      "server.N lines, or empty the data directory of the one that is to move",
      raw(self.server),
      shown(self.ensemble_id),
      raw(other.server),
      shown(other.ensemble_id));
}

std::optional<std::string> feature_objection(const wire::Hello& self, const wire::Hello& other) {
  const bool is_other_older = other.feature_level < self.feature_level_in_force;
  if (!is_other_older && self.feature_level >= other.feature_level_in_force) return std::nullopt;
  const wire::Hello& older = is_other_older ? other : self;
  const wire::Hello& newer = is_other_older ? self : other;
  return fmt::format(
      "the ensemble of server {} is at feature level {}, and server {} (version {}) has {}; "
      "upgrade server {}",
      raw(newer.server),
      newer.feature_level_in_force,
      raw(older.server),
      shown(older.software),
      older.feature_level,
      raw(older.server));
}

}  // namespace

Duration dial_patience(const wire::Hello& self, ServerId peer, Duration patience) {
  return self.is_member && self.server < peer ? patience : Duration{0};
}

std::optional<std::string> objection(const wire::Hello& self,
                                     const wire::Hello& other,
                                     std::optional<ServerId> dialed) {
  if (auto wrong = protocol_objection(self, other)) return wrong;
  if (auto wrong = id_objection(self, other, dialed)) return wrong;
  if (auto wrong = ensemble_objection(self, other)) return wrong;
  return feature_objection(self, other);
}

Newcomer judge_newcomer(const wire::Hello& standing, const wire::Hello& newcomer) {
  if (newcomer.disk_id != standing.disk_id) return Newcomer::OtherDisk;
  const bool is_same_process = newcomer.incarnation == standing.incarnation;
  return is_same_process && newcomer.number < standing.number ? Newcomer::Older : Newcomer::Stays;
}

std::string other_disk_text(const wire::Hello& self, const wire::Hello& other) {
  return fmt::format(
      "two servers with different disks say that they are server {}, and server {} talks to the "
      "other one; stop one of them or give it another myid",
      raw(other.server),
      raw(self.server));
}

bool own_attempt_stays(ServerId self, ServerId peer, bool is_greeted) {
  return is_greeted && self > peer;
}

}  // namespace paddock::runtime
