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

bool is_membership(std::string_view name) {
  return name.starts_with("server.") || name.starts_with("group.") || name.starts_with("weight.");
}

/// All settings, lowest precedence first.
std::vector<Setting> collect(Loading& loading) {
  std::vector<Setting> all;
  const auto take = [&](SourceText&& source) {
    std::ranges::move(source.settings, std::back_inserter(all));
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

std::optional<Setting> find_last(const std::vector<Setting>& settings, std::string_view name) {
  const auto found =
      std::ranges::find_if(settings.rbegin(), settings.rend(), [&](const auto& setting) {
        return find_key(setting.key).name == name;
      });
  return found == settings.rend() ? std::nullopt : std::optional(*found);
}

/// Members are taken as a whole from one layer: a mix of two lists would be neither.
void choose_members(Loading& loading, std::vector<Setting>& settings) {
  const auto dynamic_file = find_last(settings, "dynamicConfigFile");
  Layer layer = dynamic_file ? dynamic_file->layer : Layer::JvmFlags;
  for (const Setting& setting : settings) {
    if (is_membership(find_key(setting.key).name)) layer = std::max(layer, setting.layer);
  }
  std::erase_if(settings, [&](const Setting& setting) {
    if (!is_membership(find_key(setting.key).name)) return false;
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
                              dynamic_file->value));
    return true;
  });
}

/// Keeps the last setting of each key.
std::vector<Setting> without_overridden(Loading& loading, std::vector<Setting> settings) {
  std::map<std::string, std::size_t, std::less<>> last;
  for (std::size_t index = 0; index < settings.size(); ++index) {
    const auto [found, is_first] = last.try_emplace(find_key(settings[index].key).name, index);
    if (is_first) continue;
    const Setting& previous = settings[found->second];
    if (previous.layer == settings[index].layer && previous.layer == Layer::File) {
      loading.warn(fmt::format("{}: {} is set again at {}, which counts",
                               previous.origin,
                               previous.key,
                               settings[index].origin));
    }
    found->second = index;
  }
  std::vector<Setting> kept;
  for (std::size_t index = 0; index < settings.size(); ++index) {
    if (last.at(find_key(settings[index].key).name) == index) {
      kept.push_back(std::move(settings[index]));
    }
  }
  return kept;
}

void keep_unknown(Loading& loading, const Setting& setting, const std::string& name) {
  const bool is_java_flag =
      setting.layer == Layer::JvmFlags && !setting.key.starts_with("zookeeper.");
  if (is_java_flag) {
    loading.draft.config.system_properties[name] = setting.value;
    return;
  }
  loading.draft.config.system_properties["zookeeper." + name] = setting.value;
  const std::string_view similar = similar_key(name);
  loading.note(fmt::format("{}: {} is not a known key and has no effect{}",
                           setting.origin,
                           setting.key,
                           similar.empty() ? "" : fmt::format("; did you mean {}?", similar)));
}

void parse_value(Loading& loading, const Setting& setting, const FoundKey& found) {
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

void apply_setting(Loading& loading, const Setting& setting) {
  const FoundKey found = find_key(setting.key);
  if (found.key == nullptr) {
    keep_unknown(loading, setting, found.name);
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
  if (key.field.parse != nullptr) parse_value(loading, setting, found);
}

Loaded load(const Sources& sources) {
  Loading loading{sources, {}, {}, {}};
  std::vector<Setting> settings = collect(loading);
  choose_members(loading, settings);
  for (const Setting& setting : without_overridden(loading, std::move(settings))) {
    apply_setting(loading, setting);
  }
  load_ensemble(loading);
  resolve(loading);
  validate(loading);
  loading.result.config = std::move(loading.draft.config);
  return std::move(loading.result);
}

}  // namespace paddock::config
