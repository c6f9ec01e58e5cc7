// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/prng.h"
#include "config/render.h"
#include "load_helper.h"

namespace paddock::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Load, MinimalFileGivesTheDefaults) {
  const Loaded loaded = World{}.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_THAT(loaded.notes, IsEmpty());
  const ServerConfig& config = loaded.config;
  EXPECT_TRUE(config.is_standalone());
  EXPECT_EQ(config.clients.plain, (Endpoint{"", 2181}));
  EXPECT_FALSE(config.clients.secure);
  EXPECT_EQ(config.clients.connections_per_address_max, 60);
  EXPECT_EQ(config.sessions.tick_time, milliseconds(3000));
  EXPECT_EQ(config.sessions.timeout_min, milliseconds(6000));
  EXPECT_EQ(config.sessions.timeout_max, milliseconds(60000));
  EXPECT_EQ(config.storage.data_log_dir, "/data");
  EXPECT_TRUE(config.storage.start_empty);
  EXPECT_EQ(config.storage.purge_interval, seconds(3600));
  EXPECT_EQ(config.storage.retained_snapshots, 3);
  EXPECT_EQ(config.limits.packet_bytes_max, 1048575);
  EXPECT_EQ(config.admin.listen, (Endpoint{"", 8080}));
  EXPECT_FALSE(config.metrics.listen);
  EXPECT_TRUE(config.four_letter_words.allows("srvr"));
  EXPECT_FALSE(config.four_letter_words.allows("ruok"));
}

TEST(Load, LimitsThatDependOnTheTickFollowIt) {
  const Loaded loaded = load_lines("tickTime=2000\nminSessionTimeout=-1\n");

  EXPECT_EQ(loaded.config.sessions.timeout_min, milliseconds(4000));
  EXPECT_EQ(loaded.config.sessions.timeout_max, milliseconds(40000));
}

TEST(Load, LastLineOfAKeyCountsWithAWarning) {
  const Loaded loaded = load_lines("tickTime=1000\nzookeeper.tickTime=1500\n");

  EXPECT_EQ(loaded.config.sessions.tick_time, milliseconds(1500));
  EXPECT_THAT(loaded.warnings,
              ElementsAre("zoo.cfg:3: tickTime is set again at zoo.cfg:4, which counts"));
}

TEST(Load, DocumentedWrongNamesWork) {
  const Loaded loaded = load_lines("connectionMaxTokens=7\n");

  EXPECT_EQ(loaded.config.limits.connections.tokens, 7);
}

TEST(Load, UnknownKeysAreKeptAsSystemPropertiesWithANote) {
  const Loaded loaded = load_lines("my.plugin=on\ntickTme=5\n");

  EXPECT_TRUE(loaded.ok());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_THAT(loaded.notes,
              ElementsAre("zoo.cfg:3: my.plugin is not a known key and has no effect",
                          "zoo.cfg:4: tickTme is not a known key and has no effect; did you mean "
                          "tickTime?"));
  EXPECT_EQ(loaded.config.system_properties.at("zookeeper.my.plugin"), "on");
}

TEST(Load, LaterSourcesWin) {
  World world;
  world.text += "tickTime=4\nsyncLimit=4\n";
  world.environment = {{"SERVER_JVMFLAGS",
                        "-Dzookeeper.tickTime=1 -DmaxCnxns=1 -DsnapCount=11 "
                        "-DcnxTimeout=1"},
                       {"JVMFLAGS", "-DcnxTimeout=2"},
                       {"ZOO_TICK_TIME", "3"},
                       {"ZOO_MAX_CNXNS", "3"},
                       {"ZOO_SYNC_LIMIT", "3"},
                       {"ZOO_CFG_EXTRA", "maxCnxns=33 initLimit=33"}};
  world.overrides = {{"tickTime", "5"}};

  const Loaded loaded = world.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config.sessions.tick_time, milliseconds(5)) << "command line";
  EXPECT_EQ(loaded.config.ensemble.sync_limit, 4) << "file";
  EXPECT_EQ(loaded.config.clients.connections_max, 33) << "ZOO_CFG_EXTRA";
  EXPECT_EQ(loaded.config.ensemble.init_limit, 33) << "ZOO_CFG_EXTRA";
  EXPECT_EQ(loaded.config.storage.snapshot_transactions, 11) << "-D flags";
  EXPECT_EQ(loaded.config.ensemble.election_connect_timeout, milliseconds(2)) << "JVMFLAGS";
  EXPECT_EQ(loaded.origins.at("tickTime"), "command line");
  EXPECT_EQ(loaded.origins.at("syncLimit"), "zoo.cfg:4");
  EXPECT_EQ(loaded.origins.at("maxCnxns"), "ZOO_CFG_EXTRA");
  EXPECT_EQ(loaded.origins.at("cnxTimeout"), "-D in JVMFLAGS");
}

TEST(Load, WithoutAFileTheClientPortHasADefault) {
  World world;
  world.has_file = false;
  world.environment = {{"ZOO_DATA_DIR", "/d"}};

  const Loaded loaded = world.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config.clients.plain, (Endpoint{"", 2181}));
}

TEST(Load, AllErrorsAreReportedAtOnce) {
  World world;
  world.text = "tickTime=soon\nclientPort=99999\nmaxClientCnxns=-1\nbad=\\u12\n";

  EXPECT_THAT(
      world.load().errors,
      ElementsAre("zoo.cfg:4: \\u is not followed by four hexadecimal digits",
                  "zoo.cfg:1: tickTime=soon: expected a whole number of milliseconds, 1 or more",
                  "zoo.cfg:2: clientPort=99999: expected a whole number from 0 to 65535",
                  "zoo.cfg:3: maxClientCnxns=-1: expected a whole number, 0 or more",
                  "dataDir is missing: it names the directory that the data is kept in",
                  "clientPort is missing: one of clientPort and secureClientPort is "
                  "required"));
}

TEST(Load, SecretsAreKeptAndNeverShown) {
  World world;
  world.files = {{"/run/pw", "hunter2\n"}};
  world.text +=
      "DigestAuthenticationProvider.superDigest=super:aHVudGVyMg==\n"
      "ssl.keyStore.passwordPath=/run/pw\n"
      "my.password=hunter2\n"
      "ssl.trustStore.password=hunter2\n";

  const Loaded loaded = world.load();

  EXPECT_EQ(loaded.config.auth.super_digest.reveal(), "super:aHVudGVyMg==");
  EXPECT_EQ(loaded.config.client_tls.key_store.password.reveal(), "hunter2");
  EXPECT_EQ(loaded.config.client_tls.trust_store.password.reveal(), "hunter2");
  EXPECT_THAT(render(loaded), Not(HasSubstr("hunter2")));
  EXPECT_THAT(render(loaded), Not(HasSubstr("aHVud")));
}

TEST(Load, BadSecretIsReportedWithoutItsValue) {
  const Loaded loaded = load_lines("DigestAuthenticationProvider.superDigest=hunter2\n");

  EXPECT_THAT(loaded.errors,
              ElementsAre("zoo.cfg:3: DigestAuthenticationProvider.superDigest: expected "
                          "user:<base64 of the digest of user:password>"));
}

TEST(Load, RequiredSaslIsEnforcementOfOneScheme) {
  const Loaded loaded = load_lines(
      "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n"
      "java.security.auth.login.config=/jaas.conf\n"
      "sessionRequireClientSASLAuth=true\nenforce.auth.schemes=digest\n");

  EXPECT_TRUE(loaded.config.auth.enforce);
  EXPECT_THAT(loaded.config.auth.enforced_schemes, ElementsAre("sasl"));
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
}

TEST(Load, SaslWithoutUsersIsWarnedOf) {
  const Loaded loaded =
      load_lines("authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n");

  EXPECT_THAT(loaded.warnings,
              ElementsAre("authProvider: nobody can authenticate by SASL: "
                          "java.security.auth.login.config must name a file of users, or of a key "
                          "table"));
}

TEST(Load, AdminServerGivesItsDefaultPortAway) {
  const Loaded loaded = load_lines("clientPort=8080\n");

  EXPECT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded.config.admin.enabled);
  EXPECT_THAT(loaded.warnings, Contains(HasSubstr("takes port 8080 of the admin server")));
}

TEST(Load, PrometheusProviderOpensItsListener) {
  const std::string provider =
      "metricsProvider.className="
      "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n";

  EXPECT_EQ(load_lines(provider).config.metrics.listen, (Endpoint{"", 7000}));
  EXPECT_EQ(load_lines(provider + "metricsProvider.httpHost=127.0.0.1\n"
                                  "metricsProvider.httpPort=7070\n")
                .config.metrics.listen,
            (Endpoint{"127.0.0.1", 7070}));
  EXPECT_FALSE(load_lines(provider + "metricsProvider.httpPort=-1\n").config.metrics.listen);
  EXPECT_FALSE(load_lines("metricsProvider.httpPort=7070\n").config.metrics.listen);
}

TEST(Load, PrometheusProviderOpensAListenerForHttps) {
  const std::string provider =
      "metricsProvider.className="
      "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n"
      "metricsProvider.ssl.keyStore.location=/k.pem\nmetricsProvider.ssl.trustStore.location=/"
      "t.pem\n"
      "metricsProvider.httpsPort=7443\n";
  const MetricsConfig alone = load_lines(provider).config.metrics;
  EXPECT_EQ(alone.secure_listen, (Endpoint{"", 7443}));
  EXPECT_FALSE(alone.listen);
  for (const std::uint16_t plain : {std::uint16_t{7070}, std::uint16_t{7443}}) {
    const Loaded both =
        load_lines(provider + "metricsProvider.httpPort=" + std::to_string(plain) + "\n");
    EXPECT_TRUE(both.ok());
    EXPECT_EQ(both.config.metrics.listen, (Endpoint{"", plain}));
    EXPECT_EQ(both.config.metrics.secure_listen, (Endpoint{"", 7443}));
  }
}

TEST(Load, AdminPortHasTheStoresOfServersOrElseOfClients) {
  const std::string clients = "ssl.keyStore.location=/clients.pem\n";
  EXPECT_EQ(load_lines(clients).config.admin_tls().key_store.location, "/clients.pem");
  const Loaded both = load_lines(clients +
                                 "ssl.quorum.keyStore.location=/servers.pem\n"
                                 "ssl.quorum.trustStore.location=/t.pem\n"
                                 "admin.portUnification=true\nadmin.needClientAuth=true\n");
  EXPECT_TRUE(both.ok());
  EXPECT_EQ(both.config.admin_tls().key_store.location, "/servers.pem");
  EXPECT_EQ(both.config.admin_tls().client_auth, ClientAuth::Need);
}

TEST(Load, IdsOfTheAdminPortHoldCommasAndHideHashes) {
  const Loaded loaded =
      load_lines("paddock.admin.operators=x509:CN=olga,O=Example; digest:oleg:hash=\n");
  EXPECT_THAT(loaded.config.admin.operators,
              ElementsAre("x509:CN=olga,O=Example", "digest:oleg:hash="));
  EXPECT_THAT(loaded.config.initial_text, Not(HasSubstr("hash=")));
}

TEST(Load, WhitelistAlwaysHasWhatScriptsNeed) {
  const Loaded some = load_lines("4lw.commands.whitelist=ruok, mntr\nreadonlymode.enabled=true\n");
  EXPECT_THAT(some.config.four_letter_words.words, ElementsAre("ruok", "mntr", "srvr", "isro"));

  const Loaded all = load_lines("4lw.commands.whitelist=*\n");
  EXPECT_TRUE(all.config.four_letter_words.allows("wchp"));
}

TEST(Load, ValuesTooSmallToBeSafeAreRaised) {
  const Loaded loaded = load_lines("autopurge.snapRetainCount=1\nsnapCount=1\n");

  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.config.storage.retained_snapshots, 3);
  EXPECT_EQ(loaded.config.storage.snapshot_transactions, 2);
  EXPECT_THAT(loaded.warnings,
              ElementsAre("zoo.cfg:3: autopurge.snapRetainCount=1 is too small; 3 is taken",
                          "zoo.cfg:4: snapCount=1 is too small; 2 is taken"));
}

TEST(Load, PurgeIntervalTakesHoursAndSuffixes) {
  const auto interval = [](const std::string& text) {
    return load_lines("autopurge.purgeInterval=" + text + "\n").config.storage.purge_interval;
  };
  EXPECT_EQ(interval("0"), milliseconds(0));
  EXPECT_EQ(interval("24"), std::chrono::hours(24));
  EXPECT_EQ(interval("90m"), std::chrono::minutes(90));
  EXPECT_EQ(interval("30s"), seconds(30));
  EXPECT_EQ(interval("30S"), seconds(30));
  EXPECT_EQ(interval("250ms"), milliseconds(250));
  EXPECT_EQ(interval("2d"), std::chrono::hours(48));
}

TEST(Load, SizesAreKeptInBytes) {
  const Loaded loaded =
      load_lines("preAllocSize=64\nsnapSizeLimitInKb=-1\npaddock.reserveFileSizeInMb=2\n");

  EXPECT_EQ(loaded.config.storage.preallocate_bytes, 65536U);
  EXPECT_EQ(loaded.config.storage.snapshot_log_bytes, 0U);
  EXPECT_EQ(loaded.config.storage.reserve_file_bytes, 2097152U);
}

TEST(Load, JavaNumbersAreUnderstood) {
  EXPECT_EQ(load_lines("jute.maxbuffer=0x3fffff\n").config.limits.packet_bytes_max, 0x3fffff);
  EXPECT_EQ(load_lines("maxCnxns=+5\n").config.clients.connections_max, 5);
}

struct Bad {
  std::string lines;
  std::string error;
};

class BadSettings : public testing::TestWithParam<Bad> {};

TEST_P(BadSettings, AreRefusedWithKeyValueLineAndWhatIsAllowed) {
  EXPECT_THAT(load_lines(GetParam().lines).errors, ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadSettings,
    testing::Values(
        Bad{"maxCnxns=1e3\n", "zoo.cfg:3: maxCnxns=1e3: expected a whole number, 0 or more"},
        Bad{"maxCnxns=2147483648\n",
            "zoo.cfg:3: maxCnxns=2147483648: expected a whole number, 0 or more"},
        Bad{"maxCnxns=99999999999999999999\n",
            "zoo.cfg:3: maxCnxns=99999999999999999999: expected a whole number, 0 or more"},
        Bad{"tickTime=0\n",
            "zoo.cfg:3: tickTime=0: expected a whole number of milliseconds, 1 or more"},
        Bad{"enforceQuota=maybe\n", "zoo.cfg:3: enforceQuota=maybe: expected true or false"},
        Bad{"connection_throttle_drop_increase=1.5\n",
            "zoo.cfg:3: connection_throttle_drop_increase=1.5: expected a number from 0 to 1"},
        Bad{"connection_throttle_drop_increase=nan\n",
            "zoo.cfg:3: connection_throttle_drop_increase=nan: expected a number from 0 to 1"},
        Bad{"autopurge.purgeInterval=1w\n",
            "zoo.cfg:3: autopurge.purgeInterval=1w: expected a number of hours, or a number with "
            "the suffix ms, s, m, h or d; 0 switches it off"},
        Bad{"ssl.clientAuth=maybe\n",
            "zoo.cfg:3: ssl.clientAuth=maybe: expected one of none want need"},
        Bad{"paddock.logFormat=xml\n",
            "zoo.cfg:3: paddock.logFormat=xml: expected one of text json"},
        Bad{"clientPortAddress=two words\n",
            "zoo.cfg:3: clientPortAddress=two words: expected a host name or an address"},
        Bad{"admin.commandURL=commands\n",
            "zoo.cfg:3: admin.commandURL=commands: expected a path such as /commands"},
        Bad{"oraclePath=/x\n",
            "zoo.cfg:3: oraclePath is refused. A file decides which of two servers leads: Paddock "
            "refuses this; run three servers."},
        Bad{"minSessionTimeout=90000\n",
            "zoo.cfg:3: minSessionTimeout (90000 ms) is larger than maxSessionTimeout (60000 ms)"},
        Bad{"secureClientPortAddress=::1\n",
            "zoo.cfg:3: secureClientPortAddress is set, but secureClientPort is not"},
        Bad{"secureClientPort=2281\n", "zoo.cfg:3: secureClientPort needs ssl.keyStore.location"},
        Bad{"client.portUnification=true\n",
            "zoo.cfg:3: client.portUnification needs ssl.keyStore.location"},
        Bad{"secureClientPort=2281\nssl.keyStore.location=/k.pem\n",
            "ssl.clientAuth=need needs ssl.trustStore.location, which says whose certificates are "
            "good"},
        Bad{"admin.serverPort=2181\n",
            "zoo.cfg:3: admin.serverPort: port 2181 is taken by clientPort already"},
        Bad{"admin.forceHttps=true\n",
            "zoo.cfg:3: admin.forceHttps needs ssl.quorum.keyStore.location or "
            "ssl.keyStore.location"},
        Bad{"admin.needClientAuth=true\n",
            "zoo.cfg:3: admin.needClientAuth needs admin.forceHttps=true or "
            "admin.portUnification=true"},
        Bad{"paddock.admin.operators=digest:olga:hash=;olga\n",
            "zoo.cfg:3: paddock.admin.operators: expected an id as in ACLs, such as x509:CN=alice "
            "or digest:user:hash"},
        Bad{"enforce.auth.enabled=true\n",
            "zoo.cfg:3: enforce.auth.enabled=true needs enforce.auth.schemes"},
        Bad{"enforce.auth.enabled=true\nenforce.auth.schemes=digest,sasl\n",
            "zoo.cfg:4: enforce.auth.schemes: the scheme 'sasl' is not available; authProvider.N "
            "adds one"},
        Bad{"authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n"
            "sessionRequireClientSASLAuth=true\n",
            "the scheme sasl is enforced, and nobody has it: java.security.auth.login.config must "
            "name a file of users, or of a key table"},
        Bad{"authProvider.1=com.example.Mine\n",
            "zoo.cfg:3: authProvider.1=com.example.Mine: expected one of "
            "org.apache.zookeeper.server.auth.DigestAuthenticationProvider "
            "org.apache.zookeeper.server.auth.IPAuthenticationProvider "
            "org.apache.zookeeper.server.auth.X509AuthenticationProvider "
            "org.apache.zookeeper.server.auth.SASLAuthenticationProvider "
            "org.apache.zookeeper.server.auth.EnsembleAuthenticationProvider"},
        Bad{"ssl.keyStore.passwordPath=/missing\n",
            "zoo.cfg:3: ssl.keyStore.passwordPath=/missing: there is no such file"},
        Bad{"ssl.keyStore.passwordPath=/unreadable\n",
            "zoo.cfg:3: ssl.keyStore.passwordPath=/unreadable: permission denied"},
        Bad{"quorum.auth.learnerRequireSasl=true\n",
            "zoo.cfg:3: quorum.auth.learnerRequireSasl=true needs quorum.auth.enableSasl=true"},
        Bad{"standaloneEnabled=false\n",
            "zoo.cfg:3: standaloneEnabled=false needs at least one server.N line"}));

TEST(Load, UnsafeSettingsAreHonouredWithAWarning) {
  const Loaded loaded = load_lines("forceSync=no\nskipACL=yes\n");

  EXPECT_FALSE(loaded.config.storage.force_sync);
  EXPECT_TRUE(loaded.config.features.skip_acl);
  EXPECT_THAT(loaded.warnings,
              ElementsAre("zoo.cfg:3: forceSync: acknowledged writes are lost when the power fails",
                          "zoo.cfg:4: skipACL: every client may do everything"));
}

TEST(Load, IsTotalOnAnyText) {
  constexpr std::string_view kWords[] = {
      "server.",    "1",       "=",    ":",    ";",        "|",
      "[",          "]",       "\n",   "\\",   "group",    "weight.",
      "2888",       "dataDir", "host", ".",    "tickTime", "dynamicConfigFile",
      "unreadable", "-1",      "\xFF", "myid", " ",        "/d",
      "true"};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Prng prng(seed);
    World world;
    for (std::uint64_t length = prng.below(60); length > 0; --length) {
      world.text += kWords[prng.below(std::size(kWords))];
    }
    world.files = {{"/d/myid", world.text}, {"host", world.text}};

    EXPECT_FALSE(render(world.load()).empty());
  }
}

}  // namespace
}  // namespace paddock::config
