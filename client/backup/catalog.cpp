// SPDX-License-Identifier: Apache-2.0
#include "backup/catalog.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace paddock::backup {
namespace {

constexpr std::string_view kBase = "base.";
constexpr std::string_view kLog = "log.";
constexpr std::string_view kEnsemble = "ensemble.";
/// Of a standalone server.
constexpr std::string_view kNone = "none";
constexpr std::size_t kDigits = 16;

std::string number(std::int64_t value) {
  return fmt::format("{:016x}", static_cast<std::uint64_t>(value));
}

/// The numbers of a name behind its prefix; none if it is spelled in another way.
std::optional<std::vector<std::int64_t>> numbers(std::string_view text, std::size_t count) {
  if (text.size() != count * (kDigits + 1) - 1) return std::nullopt;
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view digits = text.substr(i * (kDigits + 1), kDigits);
    if (i > 0 && text[i * (kDigits + 1) - 1] != '.') return std::nullopt;
    std::uint64_t value = 0;
    const auto [at, error] = std::from_chars(digits.data(), digits.data() + kDigits, value, 16);
    if (error != std::errc{} || at != digits.data() + kDigits) return std::nullopt;
    found.push_back(static_cast<std::int64_t>(value));
  }
  return found;
}

}  // namespace

std::string name_of(const Base& base) {
  return fmt::format("{}{}.{}", kBase, number(base.zxid.value), number(base.created.ms));
}

std::string name_of(const LogPart& part) {
  return fmt::format("{}{}.{}.{}.{}",
                     kLog,
                     number(part.after.value),
                     number(part.last.value),
                     number(part.first_time.ms),
                     number(part.last_time.ms));
}

std::string ensemble_name(const std::string& id) {
  return std::string(kEnsemble) + (id.empty() ? std::string(kNone) : id);
}

Catalog read_catalog(const std::vector<std::string>& names) {
  Catalog catalog;
  for (const std::string& name : names) {
    const std::string_view text = name;
    if (text.starts_with(kEnsemble)) {
      const std::string_view id = text.substr(kEnsemble.size());
      catalog.ensemble = id == kNone ? "" : std::string(id);
    } else if (text.starts_with(kBase)) {
      const auto found = numbers(text.substr(kBase.size()), 2);
      if (found) catalog.bases.push_back({Zxid{(*found)[0]}, WallTime{(*found)[1]}});
    } else if (text.starts_with(kLog)) {
      const auto found = numbers(text.substr(kLog.size()), 4);
      if (!found) continue;
      catalog.logs.push_back(
          {Zxid{(*found)[0]}, Zxid{(*found)[1]}, WallTime{(*found)[2]}, WallTime{(*found)[3]}});
    }
  }
  std::ranges::sort(catalog.bases, {}, &Base::zxid);
  std::ranges::sort(catalog.logs, {}, &LogPart::after);
  return catalog;
}

std::vector<LogPart> logs_after(const Catalog& catalog, Zxid from) {
  std::vector<LogPart> parts;
  for (const LogPart& part : catalog.logs) {
    if (part.last <= from) continue;
    if (part.after > from) break;
    parts.push_back(part);
    from = part.last;
  }
  return parts;
}

std::vector<std::string> outlived(const Catalog& catalog, WallTime since) {
  const auto oldest = std::ranges::find_if(catalog.bases.rbegin(),
                                           catalog.bases.rend(),
                                           [&](const Base& base) { return base.created <= since; });
  if (oldest == catalog.bases.rend()) return {};
  std::vector<std::string> names;
  for (const Base& base : catalog.bases) {
    if (base.zxid < oldest->zxid) names.push_back(name_of(base));
  }
  for (const LogPart& part : catalog.logs) {
    if (part.last <= oldest->zxid) names.push_back(name_of(part));
  }
  return names;
}

std::optional<Zxid> Catalog::shipped() const {
  if (bases.empty()) return std::nullopt;
  Zxid end = logs.empty() ? bases.back().zxid : Zxid{};
  for (const LogPart& part : logs) end = std::max(end, part.last);
  return end;
}

Result<Plan> plan_restore(const Catalog& catalog, const Target& target) {
  const Base* chosen = nullptr;
  for (const Base& base : catalog.bases) {
    const bool is_above =
        (target.zxid && base.zxid > *target.zxid) || (target.time && base.created > *target.time);
    if (!is_above) chosen = &base;
  }
  if (chosen == nullptr) {
    return fail(catalog.bases.empty()
                    ? "there is no base in it: nothing can be restored"
                    : fmt::format("its oldest base is of 0x{:x}, later than what was asked for",
                                  catalog.bases.front().zxid.value));
  }
  Plan plan{.base = *chosen, .logs = logs_after(catalog, chosen->zxid)};
  const Zxid end = plan.logs.empty() ? chosen->zxid : plan.logs.back().last;
  if (target.zxid && end < *target.zxid) {
    return fail(fmt::format("what it holds ends with 0x{:x}, before 0x{:x}, which was asked for",
                            end.value,
                            target.zxid->value));
  }
  std::erase_if(plan.logs, [&](const LogPart& part) {
    return (target.zxid && part.after >= *target.zxid) ||
           (target.time && part.first_time > *target.time);
  });
  return plan;
}

}  // namespace paddock::backup
