// SPDX-License-Identifier: Apache-2.0
#include "config/sources.h"

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "load_helper.h"

namespace paddock::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<std::optional<std::string>> no_files(const std::string& /*path*/) {
  return std::nullopt;
}

/// The settings as "key=value" lines.
std::vector<std::string> lines_of(const SourceText& source) {
  std::vector<std::string> lines;
  for (const Setting& setting : source.settings) {
    lines.push_back(fmt::format("{}={}", setting.key, setting.value));
  }
  return lines;
}

std::vector<std::string> environment_lines(const Environment& environment) {
  return lines_of(settings_of_environment(environment, no_files));
}

TEST(JvmFlags, OnlyDefinitionsAreTaken) {
  const SourceText source = settings_of_jvm_flags(
      {{"SERVER_JVMFLAGS", "-Xmx512m -Dzookeeper.a=1  -Djute.maxbuffer=4194304 -server"},
       {"JVMFLAGS", "-Dflag '-Dquoted=two words' -Dmixed=\"a b\"c\t-De=x=y"},
       {"CLIENT_JVMFLAGS", "-Dclient=1"}});

  EXPECT_THAT(lines_of(source),
              ElementsAre("zookeeper.a=1",
                          "jute.maxbuffer=4194304",
                          "flag=",
                          "quoted=two words",
                          "mixed=a bc",
                          "e=x=y"));
  EXPECT_EQ(source.settings[0].origin, "-D in SERVER_JVMFLAGS");
  EXPECT_EQ(source.settings[2].origin, "-D in JVMFLAGS");
}

TEST(JvmFlags, FlagsForJavaAreNotedInOneSentence) {
  const SourceText source = settings_of_jvm_flags(
      {{"SERVER_JVMFLAGS", "-Da=1"}, {"JVMFLAGS", "-Xmx512m -Db=2 -XX:+UseG1GC"}});

  EXPECT_THAT(source.notes,
              ElementsAre("JVMFLAGS has no effect but for -D: its other flags are for Java"));
}

TEST(JvmFlags, UnknownOnesAreJavasOwnAndMakeNoNoise) {
  World world;
  world.environment = {{"JVMFLAGS", "-Dcom.sun.management.jmxremote -Dzookeeper.mine=1"}};

  const Loaded loaded = world.load();

  EXPECT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded.config.system_properties.contains("com.sun.management.jmxremote"));
  EXPECT_EQ(loaded.config.system_properties.at("zookeeper.mine"), "1");
  EXPECT_THAT(loaded.notes,
              ElementsAre("-D in JVMFLAGS: zookeeper.mine is not a known key and has no effect"));
}

TEST(OfficialImage, DefaultsOfItsDockerfileMakeAStandaloneServer) {
  World world;
  world.has_file = false;
  world.environment = {{"ZOO_CONF_DIR", "/conf"},
                       {"ZOO_DATA_DIR", "/data"},
                       {"ZOO_DATA_LOG_DIR", "/datalog"},
                       {"ZOO_TICK_TIME", "2000"},
                       {"ZOO_INIT_LIMIT", "5"},
                       {"ZOO_SYNC_LIMIT", "2"},
                       {"ZOO_AUTOPURGE_PURGEINTERVAL", "0"},
                       {"ZOO_AUTOPURGE_SNAPRETAINCOUNT", "3"},
                       {"ZOO_MAX_CLIENT_CNXNS", "60"},
                       {"ZOO_STANDALONE_ENABLED", "true"},
                       {"ZOO_ADMINSERVER_ENABLED", "true"}};

  const Loaded loaded = world.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_TRUE(loaded.config.is_standalone());
  EXPECT_EQ(loaded.config.clients.plain, (Endpoint{"", 2181}));
  EXPECT_EQ(loaded.config.storage.data_log_dir, "/datalog");
  EXPECT_EQ(loaded.config.storage.purge_interval, milliseconds(0));
}

TEST(OfficialImage, ServersAndExtraLinesMakeAnEnsemble) {
  World world;
  world.has_file = false;
  world.environment = {
      {"ZOO_DATA_DIR", "/data"},
      {"ZOO_INIT_LIMIT", "5"},
      {"ZOO_SYNC_LIMIT", "2"},
      {"ZOO_MY_ID", "2"},
      {"ZOO_SERVERS",
       "server.1=zoo1:2888:3888;2181 server.2=zoo2:2888:3888;2181\n server.3=zoo3:2888:3888;2181"},
      {"ZOO_4LW_COMMANDS_WHITELIST", "srvr, ruok"},
      {"ZOO_CFG_EXTRA", "maxSessionTimeout=50000 quorumListenOnAllIPs=true"}};

  const Loaded loaded = world.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config.ensemble.my_id, ServerId{2});
  EXPECT_EQ(loaded.config.ensemble.members.size(), 3U);
  EXPECT_EQ(loaded.config.clients.plain, (Endpoint{"", 2181}));
  EXPECT_EQ(loaded.config.sessions.timeout_max, milliseconds(50000));
  EXPECT_TRUE(loaded.config.ensemble.listen_on_all_addresses);
  EXPECT_TRUE(loaded.config.four_letter_words.allows("ruok"));
}

TEST(OfficialImage, IdMayBeThePodsName) {
  const auto id_of = [](const std::string& text) {
    return settings_of_environment({{"ZOO_MY_ID", text}}, no_files).server_id;
  };

  EXPECT_EQ(id_of("zoo-0"), "1");
  EXPECT_EQ(id_of("my-zoo-41"), "42");
  EXPECT_EQ(id_of("7"), "7");
  for (const char* text : {"-1", "zoo", "zoo-", "zoo-x", "zoo-1x", "zoo-99999999999999999999"}) {
    EXPECT_EQ(id_of(text), text);
  }
}

TEST(OfficialImage, IdMayCountFromThatOfTheFirstPod) {
  const auto id_with = [](std::string base) {
    return settings_of_environment({{"ZOO_MY_ID", "main-obs-2"}, {"ZOO_MY_ID_BASE", base}},
                                   no_files)
        .server_id;
  };
  EXPECT_EQ(id_with("128"), "130");
  EXPECT_EQ(id_with("0"), "2");
  EXPECT_EQ(id_with("many"), "main-obs-2") << "no id, and said to be none";
  EXPECT_EQ(
      settings_of_environment({{"ZOO_MY_ID", "7"}, {"ZOO_MY_ID_BASE", "128"}}, no_files).server_id,
      "7");
}

TEST(OfficialImage, ExtraThatIsNoAssignmentIsAnError) {
  World world;
  world.environment = {{"ZOO_CFG_EXTRA", "tickTime=5 oops =x"}};

  EXPECT_THAT(world.load().errors,
              ElementsAre("ZOO_CFG_EXTRA: 'oops' is not key=value",
                          "ZOO_CFG_EXTRA: '=x' is not key=value"));
}

TEST(BitnamiImage, ServersAreNumberedOrCarryTheirIds) {
  EXPECT_THAT(
      environment_lines({{"ZOO_SERVERS", "a:2888:3888,b:2888:3888;c:2888:3888"}}),
      ElementsAre(
          "server.1=a:2888:3888;2181", "server.2=b:2888:3888;2181", "server.3=c:2888:3888;2181"));
  EXPECT_THAT(
      environment_lines(
          {{"ZOO_SERVERS", "a:1:2::5 b:1:2:observer::7"}, {"ZOO_PORT_NUMBER", "2182"}}),
      ElementsAre("clientPort=2182", "server.5=a:1:2;2182", "server.7=b:1:2:observer;2182"));
  EXPECT_THAT(environment_lines({{"ZOO_SERVERS", "a:2888:3888"}}), IsEmpty());
}

TEST(BitnamiImage, SwitchesBecomeSettings) {
  EXPECT_THAT(
      environment_lines({{"ZOO_ENABLE_AUTH", "yes"}, {"ZOO_ENABLE_QUORUM_AUTH", "no"}}),
      ElementsAre("authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
                  "sessionRequireClientSASLAuth=true"));
  EXPECT_THAT(environment_lines({{"ZOO_ENABLE_QUORUM_AUTH", "true"}}),
              ElementsAre("quorum.auth.enableSasl=true",
                          "quorum.auth.learnerRequireSasl=true",
                          "quorum.auth.serverRequireSasl=true"));
  EXPECT_THAT(environment_lines({{"ZOO_ENABLE_PROMETHEUS_METRICS", "yes"},
                                 {"ZOO_PROMETHEUS_METRICS_PORT_NUMBER", "9141"}}),
              ElementsAre("metricsProvider.httpPort=9141",
                          "metricsProvider.className="
                          "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider"));
  EXPECT_THAT(environment_lines({{"ZOO_LISTEN_ALLIPS_ENABLED", "yes"}, {"ZOO_LOG_LEVEL", "WARN"}}),
              ElementsAre("quorumListenOnAllIPs=yes", "paddock.logLevel=WARN"));
  EXPECT_THAT(environment_lines({{"ALLOW_ANONYMOUS_LOGIN", "yes"}}), IsEmpty());
}

TEST(BitnamiImage, TlsReplacesTheClientPort) {
  EXPECT_THAT(environment_lines({{"ZOO_PORT_NUMBER", "2181"},
                                 {"ZOO_TLS_CLIENT_ENABLE", "true"},
                                 {"ZOO_TLS_PORT_NUMBER", "3281"},
                                 {"ZOO_TLS_CLIENT_KEYSTORE_FILE", "/k.jks"}}),
              ElementsAre("ssl.keyStore.location=/k.jks", "secureClientPort=3281"));
}

TEST(BitnamiImage, VariablesMayNameFiles) {
  World world;
  world.files = {{"/run/secrets/pw", "s3cret\n"}};
  world.environment = {{"ZOO_TLS_CLIENT_KEYSTORE_PASSWORD_FILE", "/run/secrets/pw"},
                       {"ZOO_TICK_TIME_FILE", "/run/missing"}};

  const Loaded loaded = world.load();

  EXPECT_EQ(loaded.config.client_tls.key_store.password.reveal(), "s3cret");
  EXPECT_THAT(loaded.errors, ElementsAre("ZOO_TICK_TIME_FILE=/run/missing: there is no such file"));
}

TEST(BitnamiImage, AnyKeyCanBeGivenByItsName) {
  EXPECT_THAT(environment_lines({{"ZOO_CFG_snapCount", "5"},
                                 {"ZOO_CFG_admin_serverPort", "8888"},
                                 {"ZOO_CFG_connection_throttle_tokens", "3"}}),
              testing::UnorderedElementsAre(
                  "snapCount=5", "admin.serverPort=8888", "connection_throttle_tokens=3"));
}

TEST(Environment, VariablesWithoutEffectAreNoted) {
  World world;
  world.environment = {{"ZOO_HEAP_SIZE", "1024"}, {"ZOO_DATADIR_AUTOCREATE_DISABLE", "1"}};

  const Loaded loaded = world.load();

  EXPECT_THAT(loaded.notes, ElementsAre("ZOO_HEAP_SIZE has no effect"));
  EXPECT_FALSE(loaded.config.storage.create_dirs);
}

TEST(Environment, MisspeltVariablesAreNoted) {
  World world;
  world.environment = {{"ZOO_SEVERS", "server.1=a:2888:3888;2181"},
                       {"ZOO_TICKTIME_FILE", "/run/tick"},
                       {"ZOO_MY_ID", "1"},
                       {"ZOO_CONF_DIR", "/conf"}};

  EXPECT_THAT(
      world.load().notes,
      ElementsAre("ZOO_SEVERS is not a known variable and has no effect; did you mean ZOO_SERVERS?",
                  "ZOO_TICKTIME_FILE is not a known variable and has no effect; did you mean "
                  "ZOO_TICK_TIME?"));
}

TEST(Environment, VariablesOfAKubernetesServiceMakeNoNoise) {
  World world;
  world.environment = {{"ZOO_SERVICE_HOST", "10.0.0.1"},
                       {"ZOO_SERVICE_PORT", "2181"},
                       {"ZOO_PORT", "tcp://10.0.0.1:2181"},
                       {"ZOO_PORT_2181_TCP", "tcp://10.0.0.1:2181"},
                       {"ZOO_PORT_2181_TCP_ADDR", "10.0.0.1"}};

  EXPECT_THAT(world.load().notes, IsEmpty());
}

TEST(Environment, BadValuesNameTheVariable) {
  World world;
  world.environment = {{"ZOO_TICK_TIME", "2s"}};

  EXPECT_THAT(
      world.load().errors,
      ElementsAre(
          "ZOO_TICK_TIME: tickTime=2s: expected a whole number of milliseconds, 1 or more"));
}

}  // namespace
}  // namespace paddock::config
