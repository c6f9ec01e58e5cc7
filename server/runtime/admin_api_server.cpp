// SPDX-License-Identifier: Apache-2.0
//
// The calls about the server itself.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "admin/member_answer.h"
#include "config/effective.h"
#include "runtime/admin_api.h"

namespace paddock::runtime {

namespace {

namespace api = admin::pb;

constexpr std::uint32_t kDrainSecondsMax = 3600;

struct NamedLevel {
  std::string_view name;
  spdlog::level::level_enum level;
};
constexpr std::array kLevels{NamedLevel{"trace", spdlog::level::trace},
                             NamedLevel{"debug", spdlog::level::debug},
                             NamedLevel{"info", spdlog::level::info},
                             NamedLevel{"warn", spdlog::level::warn},
                             NamedLevel{"error", spdlog::level::err}};

api::LogLevelAnswer level_answer() {
  api::LogLevelAnswer answer;
  const auto level = spdlog::default_logger()->level();
  const auto found = std::ranges::find(kLevels, level, &NamedLevel::level);
  answer.set_level(std::string(found == kLevels.end() ? "off" : found->name));
  return answer;
}

}  // namespace

ApiResult<api::MemberAnswer> AdminApi::member(const api::Nothing& /*in*/,
                                              const ApiCaller& /*caller*/) {
  auto gathered = reporter_.gather({});
  if (!gathered) return refused(503, gathered.error().message);
  const config::ServerConfig in_force = reporter_.config_in_force();
  const config::SettingHashes hashes = config::hashes_of(in_force);
  gathered->report.configuration_label = in_force.process.configuration_label;
  gathered->report.reload_hash = hashes.reload;
  gathered->report.restart_hash = hashes.restart;
  return admin::member_answer(gathered->report);
}

ApiResult<api::WhoAmIAnswer> AdminApi::who_am_i(const api::Nothing& /*in*/,
                                                const ApiCaller& caller) {
  api::WhoAmIAnswer answer;
  for (const jute::Id& one : caller.as_client.identities->view()) {
    api::Identity& identity = *answer.add_identities();
    identity.set_scheme(std::string(one.scheme));
    identity.set_id(std::string(auth::user_of(one)));
  }
  answer.set_may_read_confidential(caller.may_read_confidential);
  answer.set_may_change(caller.may_change);
  return answer;
}

ApiResult<api::ConfigAnswer> AdminApi::config(const api::Nothing& /*in*/,
                                              const ApiCaller& /*caller*/) {
  const auto gathered = reporter_.gather({});
  if (!gathered) return refused(503, gathered.error().message);
  api::ConfigAnswer answer;
  if (const auto& ensemble = gathered->report.ensemble) {
    answer.set_committed_configuration(fmt::format("{:x}", ensemble->committed_version));
    answer.set_activated_configuration(fmt::format("{:x}", ensemble->activated_version));
    answer.set_text(ensemble->config.membership);
  }
  for (auto& [name, value] : config::effective_settings(reporter_.config_in_force())) {
    api::Setting& setting = *answer.add_settings();
    setting.set_name(name);
    setting.set_value(value);
  }
  return answer;
}

ApiResult<api::DrainAnswer> AdminApi::drain(const api::DrainRequest& in,
                                            const ApiCaller& /*caller*/) {
  if (in.seconds() > kDrainSecondsMax) return refused(400, "seconds: at most 3600");
  if (in.cancel() && in.seconds() > 0) return refused(400, "either seconds or cancel");
  const auto done = in.cancel()
                        ? control_.cancel_drain()
                        : control_.start_drain(milliseconds(std::int64_t{in.seconds()} * 1000));
  if (!done) return refused(409, done.error().message);
  const auto gathered = reporter_.gather({});
  if (!gathered) return refused(503, gathered.error().message);
  api::DrainAnswer answer;
  answer.set_draining(gathered->report.leaving);
  answer.set_connections(gathered->report.connection_count);
  return answer;
}

ApiResult<api::ReloadAnswer> AdminApi::reload(const api::Nothing& /*in*/,
                                              const ApiCaller& /*caller*/) {
  const auto reloaded = control_.reload();
  if (!reloaded) return refused(409, reloaded.error().message);
  api::ReloadAnswer answer;
  answer.set_limits(static_cast<std::uint32_t>(reloaded->limits));
  for (const admin::CertificateReport& one : reporter_.certificates()) {
    (*answer.mutable_certificates())[one.whom] = admin::certificate_answer(one);
  }
  for (const std::string& name : reloaded->restart_needed_for) {
    answer.add_restart_needed_for(name);
  }
  const config::SettingHashes hashes = config::hashes_of(reporter_.config_in_force());
  answer.set_reload_hash(hashes.reload);
  answer.set_restart_hash(hashes.restart);
  return answer;
}

ApiResult<api::LogLevelAnswer> AdminApi::log_level(const api::Nothing& /*in*/,
                                                   const ApiCaller& /*caller*/) {
  return level_answer();
}

ApiResult<api::LogLevelAnswer> AdminApi::set_log_level(const api::SetLogLevelRequest& in,
                                                       const ApiCaller& /*caller*/) {
  const auto found = std::ranges::find(kLevels, std::string_view(in.level()), &NamedLevel::name);
  if (found == kLevels.end()) {
    return refused(400, "level: expected trace, debug, info, warn or error");
  }
  spdlog::default_logger()->set_level(found->level);
  return level_answer();
}

}  // namespace paddock::runtime
