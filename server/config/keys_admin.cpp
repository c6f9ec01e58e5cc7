// SPDX-License-Identifier: Apache-2.0
#include "config/fields.h"
#include "config/key_table.h"

namespace paddock::config {
namespace {

using enum KeyClass;
using enum Support;
using S = ServerConfig;

constexpr ChoiceNames<MetricsProvider, 3> kProviders{{
    {"org.apache.zookeeper.metrics.impl.DefaultMetricsProvider", MetricsProvider::Default},
    {"org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
     MetricsProvider::Prometheus},
    {"org.apache.zookeeper.metrics.impl.NullMetricsProvider", MetricsProvider::Null},
}};

std::string show_metrics_address(const S& config) {
  return config.metrics.listen ? Address::show(config.metrics.listen->host) : "";
}

std::string show_metrics_port(const S& config) {
  return config.metrics.listen ? Port::show(config.metrics.listen->port) : "-1";
}

std::string show_metrics_https_port(const S& config) {
  return config.metrics.secure_listen ? Port::show(config.metrics.secure_listen->port) : "-1";
}

constexpr ChoiceNames<StoreType, 4> kStoreTypes{{
    {"JKS", StoreType::Jks},
    {"PEM", StoreType::Pem},
    {"PKCS12", StoreType::Pkcs12},
    {"P12", StoreType::Pkcs12},
}};

/// "/commands": absolute, and not the root, where the probes are.
struct UrlPath {
  static std::string allowed() { return "a path such as /commands"; }
  static bool parse(std::string_view text, std::string& target) {
    if (text.size() < 2 || text.front() != '/' || text.ends_with('/')) return false;
    return Text::parse(text, target);
  }
  static std::string show(const std::string& value) { return value; }
};

template <bool Needed>
Result<> parse_metrics_client_auth(std::string_view /*suffix*/,
                                   std::string_view value,
                                   Draft& draft) {
  bool on = false;
  if (!Flag::parse(value, on)) return fail("");
  ClientAuth& auth = draft.config.metrics_tls.client_auth;
  if (Needed) {
    auth = on ? ClientAuth::Need : ClientAuth::Want;
  } else if (auth != ClientAuth::Need) {
    auth = on ? ClientAuth::Want : ClientAuth::None;
  }
  return {};
}

template <class Kind, auto Member>
consteval Field admin() {
  return field<Kind, &S::admin, Member>();
}

template <class Kind, auto... Path>
consteval Field metrics_tls() {
  return field<Kind, &S::metrics_tls, Path...>();
}

constexpr auto kKeyStore = &TlsConfig::key_store;
constexpr auto kTrustStore = &TlsConfig::trust_store;

constexpr Key kKeys[] = {
    {"admin.enableServer",
     Essential,
     Honoured,
     admin<Flag, &AdminConfig::enabled>(),
     "",
     "HTTP server for commands, probes and metrics."},
    {"admin.serverAddress",
     Essential,
     Honoured,
     field<Address, &S::admin, &AdminConfig::listen, &Endpoint::host>(),
     "",
     "Address that it is bound to."},
    {"admin.serverPort",
     Essential,
     Honoured,
     field<Port, &S::admin, &AdminConfig::listen, &Endpoint::port>(),
     "",
     "Its port."},
    {"admin.commandURL",
     Essential,
     Honoured,
     admin<UrlPath, &AdminConfig::command_url>(),
     "",
     "Path under which commands are."},
    {"admin.idleTimeout",
     Compatible,
     Honoured,
     admin<Millis<1>, &AdminConfig::idle_timeout>(),
     "",
     "Milliseconds after which an idle connection is closed."},
    {"admin.rateLimiterIntervalInMS",
     Essential,
     NotYet,
     admin<Millis<0>, &AdminConfig::rate_limiter_interval>(),
     "",
     "Milliseconds in which one snapshot and one restore are allowed."},
    {"admin.snapshot.enabled",
     Essential,
     NotYet,
     admin<Flag, &AdminConfig::snapshot_enabled>(),
     "",
     "Allows the snapshot command."},
    {"admin.restore.enabled",
     Essential,
     NotYet,
     admin<Flag, &AdminConfig::restore_enabled>(),
     "",
     "Allows the restore command."},
    {"admin.needClientAuth",
     Essential,
     Honoured,
     admin<Flag, &AdminConfig::need_client_auth>(),
     "",
     "Its clients that speak TLS must have a certificate."},
    {"admin.forceHttps",
     Essential,
     Honoured,
     admin<Flag, &AdminConfig::force_https>(),
     "",
     "It speaks HTTPS only, with the stores of `ssl.quorum.*` or, without them, of `ssl.*`."},
    {"admin.portUnification",
     Essential,
     Honoured,
     admin<Flag, &AdminConfig::port_unification>(),
     "",
     "It speaks HTTP and HTTPS on one port."},
    {"admin.httpVersion", Accepted, NoEffect, kNoField, "11", "Jetty's version of HTTP."},
    {"metricsProvider.className",
     Essential,
     Honoured,
     field<Choice<kProviders>, &S::metrics, &MetricsConfig::provider>(),
     "",
     "The Prometheus provider opens a listener of its own for `/metrics`, which the admin "
     "server always has."},
    {"metricsProvider.httpHost",
     Essential,
     Honoured,
     part<Address, &Draft::metrics_address>(&show_metrics_address),
     "0.0.0.0",
     "Address of the Prometheus provider's listener."},
    {"metricsProvider.httpPort",
     Essential,
     Honoured,
     part<Number<-1, 65535>, &Draft::metrics_port>(&show_metrics_port),
     "7000",
     "Its port; -1 is no listener."},
    {"metricsProvider.exportJvmInfo",
     Mapped,
     Honoured,
     field<Flag, &S::metrics, &MetricsConfig::export_process_info>(),
     "",
     "Adds the process's own figures."},
    {"metricsProvider.prometheusMetricsSummaryRotateIntervalSeconds",
     Compatible,
     Honoured,
     field<Time<seconds, 1>, &S::metrics, &MetricsConfig::summary_rotate>(),
     "",
     "Seconds that the quantiles of summaries look back, up to twice."},
    {"metricsProvider.httpsPort",
     Compatible,
     Honoured,
     part<Number<-1, 65535>, &Draft::metrics_https_port>(&show_metrics_https_port),
     "-1",
     "Port for HTTPS; the one of `metricsProvider.httpPort` takes both kinds then. With it alone "
     "there is no plain listener."},
    {"metricsProvider.ssl.keyStore.location",
     Compatible,
     Honoured,
     metrics_tls<Text, kKeyStore, &Store::location>(),
     "none",
     "As `ssl.keyStore.location`, for that port; so for the keys that follow."},
    {"metricsProvider.ssl.keyStore.password",
     Compatible,
     Honoured,
     metrics_tls<Hidden, kKeyStore, &Store::password>(),
     "none",
     ""},
    {"metricsProvider.ssl.keyStore.type",
     Compatible,
     Honoured,
     metrics_tls<Choice<kStoreTypes>, kKeyStore, &Store::type>(),
     "by content",
     ""},
    {"metricsProvider.ssl.trustStore.location",
     Compatible,
     Honoured,
     metrics_tls<Text, kTrustStore, &Store::location>(),
     "none",
     ""},
    {"metricsProvider.ssl.trustStore.password",
     Compatible,
     Honoured,
     metrics_tls<Hidden, kTrustStore, &Store::password>(),
     "none",
     ""},
    {"metricsProvider.ssl.trustStore.type",
     Compatible,
     Honoured,
     metrics_tls<Choice<kStoreTypes>, kTrustStore, &Store::type>(),
     "by content",
     ""},
    {"metricsProvider.ssl.need.client.auth",
     Compatible,
     Honoured,
     {&Flag::allowed, &parse_metrics_client_auth<true>},
     "true",
     ""},
    {"metricsProvider.ssl.want.client.auth",
     Compatible,
     Honoured,
     {&Flag::allowed, &parse_metrics_client_auth<false>},
     "true",
     ""},
    {"metricsProvider.ssl.enabledProtocols",
     Compatible,
     Honoured,
     metrics_tls<List, &TlsConfig::enabled_protocols>(),
     "TLSv1.3,TLSv1.2",
     ""},
    {"metricsProvider.ssl.ciphersuites",
     Compatible,
     Honoured,
     metrics_tls<List, &TlsConfig::cipher_suites>(),
     "OpenSSL's",
     ""},
    {"metricsProvider.numWorkerThreads", Accepted, NoEffect, kNoField, "1", "Threads of its own."},
    {"metricsProvider.maxQueueSize",
     Accepted,
     NoEffect,
     kNoField,
     "1000000",
     "Figures that wait for those threads."},
    {"metricsProvider.workerShutdownTimeoutMs",
     Accepted,
     NoEffect,
     kNoField,
     "1000",
     "Milliseconds in which they must stop."},
};

}  // namespace

std::span<const Key> admin_keys() {
  return kKeys;
}

}  // namespace paddock::config
