// SPDX-License-Identifier: Apache-2.0
#include "manager/options.h"

#include <array>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/number_text.h"

namespace paddock::manager {

const std::string_view kUsage = R"(usage: paddock-operator [--FLAG=VALUE ...]
  --watch-namespaces=A,B     ensembles of these namespaces; without it those of all
  --listen=HOST:PORT         metrics and probes (:8081); port 0: none
  --leader-elect=true|false  act only while the Lease is ours (true)
  --lease-name=NAME          of the Lease (paddock-operator)
  --lease-namespace=NAME     where it is (where the operator runs)
  --log-level=LEVEL          debug, info, warn or error (info)
  --log-format=FORMAT        json or text (json)
  --cluster-domain=DOMAIN    of the cluster's DNS (cluster.local)
  --kubeconfig=FILE, --context=NAME   another cluster than the one this runs in
  --help, --version
)";

namespace {

Result<bool> truth(std::string_view value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return fail(fmt::format("expected true or false, not {}", value));
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma != 0) parts.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return parts;
}

Result<> set_listen(Options& options, std::string_view value) {
  const std::size_t colon = value.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? "" : value.substr(colon + 1);
  const auto number = parse_number<decltype(options.listen_port)>(port);
  if (!number) {
    return fail(fmt::format("expected HOST:PORT or :PORT, not {}", value));
  }
  options.listen_host = value.substr(0, colon);
  options.listen_port = *number;
  return {};
}

Result<> choose(std::string& into,
                std::string_view value,
                std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (word != value) continue;
    into = value;
    return {};
  }
  return fail(fmt::format("{} is not known", value));
}

Result<> set(Options& options, std::string_view name, std::string_view value) {
  if (name == "watch-namespaces") {
    options.namespaces = split(value);
  } else if (name == "listen") {
    return set_listen(options, value);
  } else if (name == "leader-elect") {
    const auto elects = truth(value);
    if (!elects) return std::unexpected(elects.error());
    options.elects_leader = *elects;
  } else if (name == "lease-name") {
    options.lease_name = value;
  } else if (name == "lease-namespace") {
    options.lease_namespace = value;
  } else if (name == "log-level") {
    return choose(options.log_level, value, {"debug", "info", "warn", "error"});
  } else if (name == "log-format") {
    return choose(options.log_format, value, {"json", "text"});
  } else if (name == "cluster-domain") {
    options.cluster_domain = value;
  } else if (name == "kubeconfig") {
    options.kubeconfig = value;
  } else if (name == "context") {
    options.context = value;
  } else {
    return fail("there is no such flag; --help shows all");
  }
  return {};
}

}  // namespace

Result<Options> parse_options(std::span<const std::string_view> words) {
  Options options;
  for (const std::string_view word : words) {
    options.shows_help |= word == "--help" || word == "-h";
    options.shows_version |= word == "--version";
    if (options.shows_help || options.shows_version) continue;
    const std::size_t equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string_view::npos) {
      return fail(fmt::format("{}: expected --FLAG=VALUE; --help shows all", word));
    }
    const auto done = set(options, word.substr(2, equals - 2), word.substr(equals + 1));
    if (!done) return fail(fmt::format("{}: {}", word.substr(0, equals), done.error().message));
  }
  return options;
}

}  // namespace paddock::manager
