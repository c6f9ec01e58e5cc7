// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/key_table.h"
#include "config/loading.h"

namespace paddock::config {
namespace {

/// All settings, lowest precedence first.
std::vector<Assignment> collect(Loading& loading) {
  std::vector<Assignment> all;
  const auto take = [&](SourceText&& source) {
    for (Setting& setting : source.settings) {
      FoundKey found = find_key(setting.key);
      all.push_back({std::move(setting), std::move(found)});
    }
    std::ranges::move(source.errors, std::back_inserter(loading.result.errors));
    std::ranges::move(source.notes, std::back_inserter(loading.result.notes));
  };
  const Sources& sources = loading.sources;
  take(settings_of_jvm_flags(sources.environment));
  EnvironmentText environment = settings_of_environment(sources.environment, sources.read_file);
  loading.environment_id = environment.server_id;
  take(std::move(environment));
  if (sources.file_text) take(settings_of_file(sources.file_name, *sources.file_text));
  take({sources.overrides, {}, {}});
  return all;
}

/// What the file says, fit to be shown.
std::string text_of_file(const std::vector<Assignment>& all) {
  std::string text;
  for (const auto& [setting, found] : all) {
    if (setting.layer != Layer::File) continue;
    const bool secret =
        is_secret_name(setting.key) || (found.key != nullptr && found.key->field.secret);
    text += fmt::format("{}={}\n", setting.key, secret ? "(hidden)" : setting.value);
  }
  return text;
}

/// Members are taken as a whole from one layer: a mix of two lists would be neither.
void choose_members(Loading& loading, std::vector<Assignment>& all) {
  std::optional<std::string> dynamic_file;
  Layer layer = Layer::JvmFlags;
  for (const Assignment& assignment : all) {
    const bool names_file = assignment.found.name == "dynamicConfigFile";
    if (names_file) dynamic_file = assignment.setting.value;
    if (names_file || assignment.is_membership()) layer = std::max(layer, assignment.setting.layer);
  }
  std::erase_if(all, [&](const Assignment& assignment) {
    if (!assignment.is_membership()) return false;
    const Setting& setting = assignment.setting;
    if (setting.layer < layer) {
      loading.note(fmt::format("{}: {} is ignored: members are given elsewhere, as a whole",
                               setting.origin,
                               setting.key));
      return true;
    }
    if (!dynamic_file) return false;
    loading.error(fmt::format("{}: {} belongs into the file that dynamicConfigFile={} names",
                              setting.origin,
                              setting.key,
                              *dynamic_file));
    return true;
  });
}

/// Keeps the last setting of each key.
std::vector<Assignment> without_overridden(Loading& loading, std::vector<Assignment> all) {
  std::map<std::string_view, std::size_t> last;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const auto [found, is_first] = last.try_emplace(all[index].found.name, index);
    if (is_first) continue;
    const Setting& previous = all[found->second].setting;
    if (previous.layer == Layer::File && all[index].setting.layer == Layer::File) {
      loading.warn(fmt::format("{}: {} is set again at {}, which counts",
                               previous.origin,
                               previous.key,
                               all[index].setting.origin));
    }
    found->second = index;
  }
  std::vector<std::size_t> indexes;
  for (const auto& [name, index] : last) indexes.push_back(index);
  std::ranges::sort(indexes);
  std::vector<Assignment> kept;
  for (const std::size_t index : indexes) kept.push_back(std::move(all[index]));
  return kept;
}

void keep_unknown(Loading& loading, const Assignment& assignment) {
  const auto& [setting, found] = assignment;
  const bool is_java_flag =
      setting.layer == Layer::JvmFlags && !setting.key.starts_with("zookeeper.");
  if (is_java_flag) {
    loading.draft.config.system_properties[found.name] = setting.value;
    return;
  }
  loading.draft.config.system_properties["zookeeper." + found.name] = setting.value;
  const std::string_view similar = similar_key(found.name);
  loading.note(fmt::format("{}: {} is not a known key and has no effect{}",
                           setting.origin,
                           setting.key,
                           similar.empty() ? "" : fmt::format("; did you mean {}?", similar)));
}

void parse_value(Loading& loading, const Assignment& assignment) {
  const auto& [setting, found] = assignment;
  const Field& field = found.key->field;
  const auto parsed = field.parse(found.suffix, setting.value, loading.draft);
  if (parsed) return;
  const std::string& reason = parsed.error().message;
  loading.error(fmt::format("{}: {}{}: {}",
                            setting.origin,
                            setting.key,
                            field.secret ? "" : "=" + setting.value,
                            reason.empty() ? "expected " + field.allowed() : reason));
}

}  // namespace

bool Assignment::is_membership() const {
  if (found.key == nullptr) return false;
  return found.key->name == "server.N" || found.key->name == "group.N" ||
         found.key->name == "weight.N";
}

void apply(Loading& loading, const Assignment& assignment) {
  const auto& [setting, found] = assignment;
  if (found.key == nullptr) {
    keep_unknown(loading, assignment);
    return;
  }
  loading.result.origins[found.name] = setting.origin;
  const Key& key = *found.key;
  switch (key.support) {
    case Support::NoEffect:
      loading.warn(fmt::format("{}: {} has no effect", setting.origin, setting.key));
      return;
    case Support::Refused:
      loading.error(fmt::format("{}: {} is refused. {}", setting.origin, setting.key, key.meaning));
      return;
    case Support::NotYet:
      loading.warn(
          fmt::format("{}: {} is not supported yet and is ignored", setting.origin, setting.key));
      break;
    case Support::Honoured:
    case Support::InEnsemble:
      break;
  }
  if (key.field.parse != nullptr) parse_value(loading, assignment);
}

Loaded load(const Sources& sources) {
  Loading loading{sources, {}, {}, {}};
  std::vector<Assignment> all = collect(loading);
  loading.draft.config.initial_text = text_of_file(all);
  choose_members(loading, all);
  for (const Assignment& assignment : without_overridden(loading, std::move(all))) {
    apply(loading, assignment);
  }
  load_ensemble(loading);
  resolve(loading);
  validate(loading);
  loading.result.config = std::move(loading.draft.config);
  return std::move(loading.result);
}

}  // namespace paddock::config
