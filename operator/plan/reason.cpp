// SPDX-License-Identifier: Apache-2.0
#include "plan/reason.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::plan {
namespace {

struct Entry {
  Reason reason;
  std::string_view name;
  std::string_view sentence;
};

constexpr std::array kEntries{
    Entry{Reason::BeingDeleted, "BeingDeleted", "the Ensemble is being deleted"},
    Entry{Reason::Suspended, "Suspended", "spec.suspend is true: nothing is changed"},
    Entry{Reason::Waking, "Waking", "the ensemble wakes up"},
    Entry{Reason::Bootstrap, "Bootstrap", "the ensemble begins"},
    Entry{Reason::Adopting, "Adopting", "disks of an ensemble are there and are taken over"},
    Entry{Reason::ForeignData,
          "ForeignData",
          "the disks belong to different ensembles: remove the claims that are not of this one"},
    Entry{
        Reason::DataLoss,
        "DataLoss",
        "so many disks are lost that acknowledged writes may be: nothing is changed until a person "
        "brings disks or a backup back"},
    Entry{Reason::Hibernating, "Hibernating", "the members are stopped, the leader last"},
    Entry{Reason::Hibernated, "Hibernated", "no member runs; the disks are kept"},
    Entry{Reason::QuorumLost,
          "QuorumLost",
          "no quorum: missing members are started, and nothing else is changed"},
    Entry{Reason::QuorumUnknown,
          "QuorumUnknown",
          "too few members answer to know whether there is a quorum"},
    Entry{Reason::MemberMissing, "MemberMissing", "a member is missing"},
    Entry{Reason::DiskLost, "DiskLost", "the disk of a member is lost"},
    Entry{Reason::DiskGivenUp, "DiskGivenUp", "a member is to get a new disk"},
    Entry{Reason::DiskNeeded,
          "DiskNeeded",
          "a member keeps its disk: the others would be no majority without it"},
    Entry{Reason::NodeLost, "NodeLost", "no node takes a member with its disk"},
    Entry{Reason::MemberBroken,
          "MemberBroken",
          "a member that is not ready gets the current template"},
    Entry{Reason::ConfigurationPending,
          "ConfigurationPending",
          "a change of members is not in force"},
    Entry{Reason::MemberRemoved, "MemberRemoved", "a member has left the ensemble"},
    Entry{Reason::MemberJoins, "MemberJoins", "a server is to become a voter"},
    Entry{Reason::ScaleDown, "ScaleDown", "there are more voters than wanted"},
    Entry{Reason::Reload, "Reload", "servers read their configuration again"},
    Entry{Reason::CertificateRotation, "CertificateRotation", "certificates are rotated"},
    Entry{Reason::ImageChanged, "ImageChanged", "the image has changed"},
    Entry{Reason::ConfigurationChanged,
          "ConfigurationChanged",
          "a key has changed that servers read when they start"},
    Entry{Reason::ResourcesChanged, "ResourcesChanged", "the resources have changed"},
    Entry{Reason::TlsChanged, "TlsChanged", "the use of TLS has changed"},
    Entry{Reason::VolumesChanged, "VolumesChanged", "the volumes have changed"},
    Entry{Reason::PodTemplateChanged,
          "PodTemplateChanged",
          "podTemplate, placement or how the image is pulled has changed"},
    Entry{Reason::RestartRequested, "RestartRequested", "a restart was asked for"},
    Entry{Reason::NotReloaded, "NotReloaded", "a server has not read its configuration again"},
    Entry{Reason::VolumeGrown, "VolumeGrown", "a file system grows at the next start"},
    Entry{Reason::RolloutPaused, "RolloutPaused", "the rollout waits for a person"},
    Entry{Reason::ScaleUp, "ScaleUp", "there are fewer voters than wanted"},
    Entry{Reason::NoIdLeft,
          "NoIdLeft",
          "no id is left for another voter: delete claims that are retired"},
    Entry{Reason::VolumeExpansion, "VolumeExpansion", "volumes grow"},
    Entry{Reason::RetireData, "RetireData", "disks that no member uses are put away"},
    Entry{Reason::Recovering, "Recovering", "a member comes back"},
    Entry{Reason::Steady, "Steady", "everything is as wanted"},
};

const Entry& entry_of(Reason reason) {
  const auto index = std::to_underlying(reason);
  PADDOCK_ASSERT(index < kEntries.size() && kEntries[index].reason == reason);
  return kEntries[index];
}

}  // namespace

std::string_view name_of(Reason reason) {
  return entry_of(reason).name;
}

std::string_view sentence_of(Reason reason) {
  return entry_of(reason).sentence;
}

std::string Next::text() const {
  std::string text(sentence_of(reason));
  if (!action.empty()) text += fmt::format("; next: {}", action);
  if (!blocked_by.empty()) text += fmt::format("; blocked by: {}", blocked_by);
  return text;
}

}  // namespace paddock::plan
