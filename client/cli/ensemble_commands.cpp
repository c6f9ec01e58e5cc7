// SPDX-License-Identifier: Apache-2.0
//
// config, reconfig, status, version: the servers themselves.
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "client/four_letter_word.h"
#include "client_cli/command.h"
#include "client_cli/file_bytes.h"
#include "client_cli/version.h"
#include "client_session/host_list.h"
#include "client_text/ensemble_text.h"
#include "client_text/server_status.h"

namespace paddock::cli {

namespace {

struct ConfigArguments {
  bool with_stat = false;
  bool watch = false;
  bool only_clients = false;
};

Outcome config(Context& context, const ConfigArguments& arguments) {
  const auto node = context.client().config(context.watcher_if(arguments.watch));
  if (!node) return refused(node.error(), client::kConfigPath);
  const std::string text = node->data.value_or("null");
  context.out().json({{"config", text},
                      {"client_addresses", client::client_addresses(text)},
                      {"stat", to_json(node->stat)}});
  context.out().line(arguments.only_clients ? client::client_addresses(text) : text);
  if (arguments.with_stat) context.out().stat(node->stat);
  return context.finish_watch(arguments.watch);
}

Action define_config(arguments::App& app) {
  auto arguments = std::make_shared<ConfigArguments>();
  app.flag("-c", arguments->only_clients, "print only where clients connect to");
  app.flag("-w", arguments->watch, "watch it for the next change");
  app.flag("-s", arguments->with_stat, "print the node's Stat too");
  return [arguments](Context& context) {
    return config(context, *arguments);
  };
}

struct ReconfigArguments {
  bool with_stat = false;
  std::optional<std::string> version;
  std::optional<std::string> file;
  std::optional<std::string> members;
  std::optional<std::string> joining;
  std::optional<std::string> leaving;
};

Outcome check_reconfig(const ReconfigArguments& arguments) {
  const bool is_whole = arguments.file || arguments.members;
  const bool is_incremental = arguments.joining || arguments.leaving;
  if (!is_whole && !is_incremental) {
    return misused("say what to change: -add, -remove, -members or -file");
  }
  if (is_whole && is_incremental) {
    return misused(
        "-add and -remove change the membership, -members and -file replace it: not both");
  }
  if (arguments.file && arguments.members) return misused("give -members or -file, not both");
  return {};
}

std::expected<std::string, Failure> read_members(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return misused(text.error().message);
  auto members = client::members_of(*text);
  if (!members) return misused(fmt::format("{}: {}", file, members.error().message));
  return *members;
}

std::expected<std::int64_t, Failure> parse_config_version(const std::optional<std::string>& text) {
  if (!text) return -1;
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), version, 16);
  if (error != std::errc{} || end != text->data() + text->size()) {
    return misused("-v takes the version as 'config' prints it, in hexadecimal");
  }
  return version;
}

View view_of(const std::optional<std::string>& text) {
  return text ? View(*text) : View{};
}

Outcome reconfig(Context& context, const ReconfigArguments& arguments) {
  if (auto valid = check_reconfig(arguments); !valid) return valid;
  const auto version = parse_config_version(arguments.version);
  if (!version) return std::unexpected(version.error());
  std::optional<std::string> members = arguments.members;
  if (arguments.file) {
    auto read = read_members(*arguments.file);
    if (!read) return std::unexpected(std::move(read).error());
    members = std::move(*read);
  }
  const auto node = context.client().reconfig({.joining = view_of(arguments.joining),
                                               .leaving = view_of(arguments.leaving),
                                               .members = view_of(members),
                                               .config_version = *version});
  if (!node) return refused(node.error(), client::kConfigPath);
  context.out().json({{"config", node->data.value_or("")}, {"stat", to_json(node->stat)}});
  context.out().line("Committed new configuration:\n" + node->data.value_or(""));
  if (arguments.with_stat) context.out().stat(node->stat);
  return {};
}

Action define_reconfig(arguments::App& app) {
  auto arguments = std::make_shared<ReconfigArguments>();
  app.flag("-s", arguments->with_stat, "print the node's Stat too");
  app.option("-v", arguments->version, "only if the present configuration has this version");
  app.option("--file", arguments->file, "take the whole membership from this file");
  app.option("--members", arguments->members, "server.N=host:port:port;port[,…]: the whole");
  app.option("--add", arguments->joining, "server.N=host:port:port;port[,…]: these join");
  app.option("--remove", arguments->leaving, "N[,…]: these leave");
  return [arguments](Context& context) {
    return reconfig(context, *arguments);
  };
}

// ---- status

constexpr Duration kStatusLimit = seconds(5);

struct StatusRow {
  std::string server;
  std::string state;
  client::ServerStatus status;
};

StatusRow ask_status(const client::Host& host, const std::shared_ptr<client::TlsSource>& tls) {
  const auto answer = client::four_letter_word(host, "srvr", kStatusLimit, tls);
  if (!answer) return {to_string(host), "unreachable", {.refusal = answer.error().message}};
  StatusRow row{to_string(host), "serving", client::parse_status(*answer)};
  if (row.status.is_serving) return row;
  // srvr may be forbidden by the whitelist where ruok is not.
  const auto ruok = client::four_letter_word(host, "ruok", kStatusLimit, tls);
  row.state = ruok && *ruok == "imok" ? "running" : "not serving";
  return row;
}

/// A number where the text is one.
boost::json::value number_or_text(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return boost::json::string(text);
  return number;
}

boost::json::object to_json(const StatusRow& row) {
  boost::json::object object{{"server", row.server}, {"state", row.state}};
  if (!row.status.is_serving) {
    object["reason"] = row.status.refusal;
    return object;
  }
  object["mode"] = row.status.mode;
  object["zxid"] = row.status.zxid;
  object["connections"] = number_or_text(row.status.connections);
  object["outstanding"] = number_or_text(row.status.outstanding);
  object["nodes"] = number_or_text(row.status.nodes);
  object["latency_ms_min_avg_max"] = row.status.latency;
  object["version"] = row.status.version;
  return object;
}

void print_status(Output& out, const std::vector<StatusRow>& rows) {
  constexpr const char* kRow = "{:<24} {:<12} {:<11} {:<14} {:>6} {:>9}  {:<14} {}";
  out.line(fmt::format(
      kRow, "SERVER", "STATE", "MODE", "ZXID", "CONNS", "NODES", "MIN/AVG/MAX ms", "VERSION"));
  for (const StatusRow& row : rows) {
    if (!row.status.is_serving) {
      out.line(fmt::format("{:<24} {:<12} {}", row.server, row.state, row.status.refusal));
      continue;
    }
    out.line(fmt::format(kRow,
                         row.server,
                         row.state,
                         row.status.mode,
                         row.status.zxid,
                         row.status.connections,
                         row.status.nodes,
                         row.status.latency,
                         row.status.version));
  }
}

Outcome status(Context& context) {
  const auto servers = client::parse_connect_string(context.settings().servers);
  if (!servers) return misused(servers.error().message);
  std::vector<StatusRow> rows;
  std::size_t serving = 0;
  std::size_t reached = 0;
  boost::json::array documents;
  for (const client::Host& host : servers->hosts) {
    rows.push_back(ask_status(host, context.settings().tls));
    serving += rows.back().status.is_serving ? 1U : 0U;
    reached += rows.back().state != "unreachable" ? 1U : 0U;
    documents.push_back(to_json(rows.back()));
  }
  print_status(context.out(), rows);
  context.out().json({{"servers", std::move(documents)}});
  if (serving == rows.size()) return {};
  const std::string message = fmt::format("{} of {} servers serve", serving, rows.size());
  return reached == 0 ? Outcome(unreachable(message)) : Outcome(failed(message));
}

Action define_status(arguments::App& /*app*/) {
  return status;
}

Outcome version(Context& context) {
  context.out().line(fmt::format("Paddock CLI version: {}", kVersion));
  context.out().json({{"version", kVersion}});
  return {};
}

Action define_version(arguments::App& /*app*/) {
  return version;
}

constexpr auto kCommands = std::to_array<Command>({
    {"config",
     "[-c] [-w] [-s]",
     "print the ensemble's configuration",
     Needs::Connection,
     define_config},
    {"reconfig",
     "[-s] [-v version] [-file path | -members list] | [-add list] [-remove ids]",
     "change the ensemble's members",
     Needs::Connection,
     define_reconfig},
    {"status", "", "ask every server of --server how it is", Needs::Nothing, define_status},
    {"version", "", "print this program's version", Needs::Nothing, define_version},
});

}  // namespace

std::span<const Command> ensemble_commands() {
  return kCommands;
}

}  // namespace paddock::cli
