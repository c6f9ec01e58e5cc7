// SPDX-License-Identifier: Apache-2.0
#include "client_cli/output.h"

#include <array>
#include <ctime>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace paddock::cli {

namespace json = boost::json;

void Output::line(View text) {
  if (!is_json()) out_ << text << '\n' << std::flush;
}

void Output::raw(View bytes) {
  if (!is_json()) out_ << bytes << std::flush;
}

void Output::json(const boost::json::value& value) {
  if (is_json()) out_ << json::serialize(value) << '\n' << std::flush;
}

void Output::remark(View text) {
  err_ << text << '\n' << std::flush;
}

void Output::stat(const client::Stat& stat) {
  line(fmt::format("cZxid = 0x{:x}\nctime = {}\nmZxid = 0x{:x}\nmtime = {}\npZxid = 0x{:x}",
                   stat.czxid,
                   format_time(stat.ctime),
                   stat.mzxid,
                   format_time(stat.mtime),
                   stat.pzxid));
  line(fmt::format("cversion = {}\ndataVersion = {}\naclVersion = {}\nephemeralOwner = 0x{:x}",
                   stat.cversion,
                   stat.version,
                   stat.aversion,
                   static_cast<std::uint64_t>(stat.ephemeral_owner)));
  line(fmt::format("dataLength = {}\nnumChildren = {}", stat.data_length, stat.num_children));
}

void Output::event(const client::Event& event) {
  json(to_json(event));
  const std::string path = event.type == client::EventType::None ? "null" : event.path;
  const std::string zxid =
      event.zxid.value > 0 ? fmt::format(" zxid: {}", event.zxid.value) : std::string{};
  line(fmt::format("\nWATCHER::\n\nWatchedEvent state:{} type:{} path:{}{}",
                   client::name(event.state),
                   client::name(event.type),
                   path,
                   zxid));
}

void Output::failure(const Failure& failure) {
  if (is_json()) {
    json::object error{{"message", failure.message}};
    if (!failure.hint.empty()) error["hint"] = failure.hint;
    if (failure.code) {
      error["code"] = static_cast<std::int32_t>(*failure.code);
      error["name"] = name(*failure.code);
    }
    if (!failure.path.empty()) error["path"] = failure.path;
    remark(json::serialize(json::object{{"error", std::move(error)}}));
    return;
  }
  remark(failure.message);
  if (!failure.hint.empty()) remark("  " + failure.hint);
}

json::object to_json(const client::Stat& stat) {
  return {
      {"czxid", stat.czxid},
      {"mzxid", stat.mzxid},
      {"pzxid", stat.pzxid},
      {"ctime", stat.ctime},
      {"mtime", stat.mtime},
      {"version", stat.version},
      {"cversion", stat.cversion},
      {"aversion", stat.aversion},
      {"ephemeral_owner", fmt::format("0x{:x}", static_cast<std::uint64_t>(stat.ephemeral_owner))},
      {"data_length", stat.data_length},
      {"num_children", stat.num_children}};
}

json::object to_json(const client::Event& event) {
  json::object object{{"event", client::name(event.type)}, {"state", client::name(event.state)}};
  if (event.type != client::EventType::None) object["path"] = event.path;
  if (event.zxid.value > 0) object["zxid"] = event.zxid.value;
  return object;
}

void add_data(json::object& into, const std::optional<std::string>& data) {
  if (!data) {
    into["data"] = nullptr;
  } else if (is_utf8(*data)) {
    into["data"] = *data;
  } else {
    into["data_base64"] = to_base64(*data);
  }
}

std::string format_time(std::int64_t ms_since_epoch) {
  const auto seconds = static_cast<std::time_t>(ms_since_epoch / 1000);
  std::tm parts{};
  if (localtime_r(&seconds, &parts) == nullptr) return fmt::format("{} ms", ms_since_epoch);
  std::array<char, 64> text{};
  const std::size_t length =
      std::strftime(text.data(), text.size(), "%a %b %d %H:%M:%S %Z %Y", &parts);
  return {text.data(), length};
}

bool is_utf8(View bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const std::size_t length = lead < 0x80U                     ? 1
                               : lead >= 0xc2U && lead < 0xe0U  ? 2
                               : lead >= 0xe0U && lead < 0xf0U  ? 3
                               : lead >= 0xf0U && lead <= 0xf4U ? 4
                                                                : 0;
    if (length == 0 || at + length > bytes.size()) return false;
    std::uint32_t code = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[at + i]);
      if ((byte & 0xc0U) != 0x80U) return false;
      code = code << 6U | (byte & 0x3fU);
    }
    const bool is_overlong = (length == 3 && code < 0x800U) || (length == 4 && code < 0x10000U);
    const bool is_surrogate = code >= 0xd800U && code <= 0xdfffU;
    if (is_overlong || is_surrogate || code > 0x10ffffU) return false;
    at += length;
  }
  return true;
}

namespace {
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}  // namespace

std::string to_base64(View bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const View group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? kBase64[bits >> (18U - 6U * i) & 63U] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(View text) {
  if (text.size() % 4 != 0) return std::nullopt;
  View digits = text;
  while (digits.ends_with('=') && text.size() - digits.size() < 2) digits.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char digit : digits) {
    const std::size_t value = kBase64.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xffU);
  }
  return bytes;
}

}  // namespace paddock::cli
