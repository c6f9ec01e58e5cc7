// SPDX-License-Identifier: Apache-2.0
#include "config/render.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/key_table.h"

namespace paddock::config {
namespace {

std::string_view name_of(KeyClass key_class) {
  switch (key_class) {
    case KeyClass::Essential:
      return "E";
    case KeyClass::Compatible:
      return "C";
    case KeyClass::Mapped:
      return "M";
    case KeyClass::Accepted:
      return "A";
    case KeyClass::Unsafe:
      return "U";
    case KeyClass::Own:
      return "P";
  }
  return {};
}

std::string_view name_of(Support support) {
  switch (support) {
    case Support::Honoured:
      return "yes";
    case Support::InEnsemble:
      return "ensemble";
    case Support::NotYet:
      return "not yet";
    case Support::NoEffect:
      return "no effect";
    case Support::Refused:
      return "refused";
  }
  return {};
}

void add_line(std::string& text,
              const Loaded& loaded,
              std::string_view name,
              std::string_view value) {
  const auto origin = loaded.origins.find(name);
  text += fmt::format(
      "{}={}  # {}\n", name, value, origin == loaded.origins.end() ? "default" : origin->second);
}

void add_members(std::string& text, const Loaded& loaded) {
  const EnsembleConfig& ensemble = loaded.config.ensemble;
  for (const auto& [id, member] : ensemble.members) {
    add_line(text, loaded, fmt::format("server.{}", raw(id)), to_string(member));
  }
  for (const auto& [group, members] : ensemble.hierarchy.groups) {
    std::string ids;
    for (const ServerId id : members) ids += fmt::format("{}{}", ids.empty() ? "" : ":", raw(id));
    add_line(text, loaded, fmt::format("group.{}", group), ids);
  }
  for (const auto& [id, weight] : ensemble.hierarchy.weights) {
    add_line(text, loaded, fmt::format("weight.{}", raw(id)), fmt::format("{}", weight));
  }
}

/// Keys that do something here: ensemble keys only in an ensemble, or when somebody set them.
bool is_shown(const Loaded& loaded, const Key& key) {
  if (key.takes_suffix() || key.field.show == nullptr) return false;
  if (loaded.origins.contains(key.name)) return key.support != Support::NoEffect;
  if (key.support == Support::Honoured) return true;
  return key.support == Support::InEnsemble && !loaded.config.is_standalone();
}

void add_messages(std::string& text,
                  std::string_view title,
                  const std::vector<std::string>& messages) {
  for (const std::string& message : messages) text += fmt::format("{}: {}\n", title, message);
}

std::string default_of(const Key& key) {
  if (!key.default_text.empty() || key.field.show == nullptr) return std::string(key.default_text);
  return key.field.show(ServerConfig{});
}

}  // namespace

std::string render(const Loaded& loaded) {
  std::string text;
  for (const KeySection& section : key_sections()) {
    text += fmt::format("# {}\n", section.title);
    for (const Key& key : section.keys) {
      if (!is_shown(loaded, key)) continue;
      const std::string value = key.field.show(loaded.config);
      if (!value.empty()) add_line(text, loaded, key.name, value);
    }
  }
  add_members(text, loaded);
  for (const auto& [name, value] : loaded.config.system_properties) {
    text += fmt::format("# {}={}\n", name, is_secret_name(name) ? "(hidden)" : value);
  }
  add_messages(text, "note", loaded.notes);
  add_messages(text, "warning", loaded.warnings);
  add_messages(text, "error", loaded.errors);
  text += loaded.ok() ? fmt::format("The configuration is valid ({}).\n",
                                    loaded.config.is_standalone() ? "standalone" : "ensemble")
                      : "The configuration is not valid.\n";
  return text;
}

std::string render_reference() {
  std::string text;
  for (const KeySection& section : key_sections()) {
    text += fmt::format("## {}\n\n", section.title);
    text += "| key | class | honoured | default | meaning |\n|---|---|---|---|---|\n";
    for (const Key& key : section.keys) {
      const std::string value = default_of(key);
      text += fmt::format("| `{}` | {} | {} | {} | {} |\n",
                          key.name,
                          name_of(key.key_class),
                          name_of(key.support),
                          value.empty() ? "" : fmt::format("`{}`", value),
                          key.meaning);
    }
    text += '\n';
  }
  text.pop_back();
  return text;
}

}  // namespace paddock::config
