// SPDX-License-Identifier: Apache-2.0
//
// The words of the resource for the values of each enum, in the enum's order. Constant data.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "api/ensemble_spec.h"

namespace paddock::api {

template <class Enum>
struct Words;

template <>
struct Words<DesiredState> {
  static constexpr std::array<std::string_view, 2> kAll{"Running", "Hibernated"};
};
template <>
struct Words<RetentionPolicy> {
  static constexpr std::array<std::string_view, 2> kAll{"Retain", "Delete"};
};
template <>
struct Words<TlsMode> {
  static constexpr std::array<std::string_view, 3> kAll{"Disabled", "Optional", "Required"};
};
template <>
struct Words<RolloutStrategy> {
  static constexpr std::array<std::string_view, 2> kAll{"Rolling", "Supervised"};
};
template <>
struct Words<LeaderHandling> {
  static constexpr std::array<std::string_view, 2> kAll{"TransferFirst", "RestartLast"};
};
template <>
struct Words<PausePoint> {
  static constexpr std::array<std::string_view, 3> kAll{
      "None", "AfterObservers", "AfterFirstVoter"};
};
template <>
struct Words<Spread> {
  static constexpr std::array<std::string_view, 3> kAll{"Required", "Preferred", "None"};
};
template <>
struct Words<PullPolicy> {
  static constexpr std::array<std::string_view, 3> kAll{"IfNotPresent", "Always", "Never"};
};
template <>
struct Words<ClientAuth> {
  static constexpr std::array<std::string_view, 3> kAll{"None", "Optional", "Required"};
};
template <>
struct Words<ServiceType> {
  static constexpr std::array<std::string_view, 3> kAll{"ClusterIP", "NodePort", "LoadBalancer"};
};
template <>
struct Words<Scraping> {
  static constexpr std::array<std::string_view, 4> kAll{
      "Auto", "PodMonitor", "ServiceMonitor", "None"};
};

template <class Enum>
[[nodiscard]] constexpr std::string_view word_of(Enum value) {
  return Words<Enum>::kAll.at(static_cast<std::size_t>(value));
}

template <class Enum>
[[nodiscard]] constexpr std::optional<Enum> from_word(std::string_view word) {
  const auto& all = Words<Enum>::kAll;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace paddock::api
