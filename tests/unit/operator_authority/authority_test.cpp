// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "authority/keeper.h"
#include "authority/x509.h"
#include "objects/names.h"
#include "objects/read.h"
#include "resource/secret.h"

namespace paddock::authority {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr Validity kYear{.begin = {1'700'000'000'000}, .end = {1'700'000'000'000 + 365 * kDayMs}};

TEST(Certificates, AreWhatWasAskedFor) {
  const auto authority = make_authority({"o", "ca"}, kYear);
  ASSERT_TRUE(authority) << authority.error().message;
  const auto made = issue(*authority, {"coord/main", "main-v1"}, {"a.example", "b.example"}, kYear);
  ASSERT_TRUE(made) << made.error().message;
  const auto facts = inspect(made->certificate);
  ASSERT_TRUE(facts);
  EXPECT_THAT(facts->dns_names, ElementsAre("a.example", "b.example"));
  EXPECT_EQ(facts->subject.common_name, "main-v1");
  EXPECT_EQ(facts->subject.organization, "coord/main");
  EXPECT_EQ(facts->validity.begin, kYear.begin);
  EXPECT_EQ(facts->validity.end, kYear.end);
  EXPECT_EQ(facts->authority_key_id, inspect(authority->certificate)->key_id);
  EXPECT_NE(made->key, authority->key);
}

TEST(Certificates, OfNoAuthorityAreNotMade) {
  EXPECT_FALSE(issue({"no", "pem"}, {"o", "c"}, {}, kYear));
  EXPECT_FALSE(inspect("no pem"));
}

/// What has been applied, as the API server would have it.
class Cluster {
 public:
  Cluster() {
    site.ns = "coord";
    site.ensemble = "main";
    site.spec.version = "1.4.0";
    site.voters = {ServerId{1}, ServerId{2}, ServerId{3}};
    site.now = {1'700'000'000'000};
  }
  void apply(const Result<objects::Objects>& made) {
    ASSERT_TRUE(made) << made.error().message;
    for (const json::value& object : *made) {
      objects_[std::string(kube::text_at(object, {"kind"})) + " " + kube::key_of(object).name] =
          object;
    }
  }
  [[nodiscard]] Find find() const {
    return [this](std::string_view kind, std::string_view name) {
      const auto found = objects_.find(std::string(kind) + " " + std::string(name));
      return found == objects_.end() ? nullptr : &found->second;
    };
  }
  [[nodiscard]] std::string entry(const std::string& secret, std::string_view name) const {
    return resource::secret_entry_of(objects_.at("Secret " + secret), name);
  }
  void pass(std::int64_t days) { site.now.ms += days * kDayMs; }

  objects::Site site;

 private:
  std::map<std::string, json::value> objects_;
};

TEST(Keeper, MakesWhatIsMissingOnceAndForAll) {
  Cluster cluster;
  EXPECT_EQ(wanted_authority(cluster.site, cluster.find()), 1);
  EXPECT_THAT(*due_certificates(cluster.site, cluster.find()), IsEmpty()) << "nobody can sign yet";
  cluster.apply(build(cluster.site, {.trusted = {1}, .signer = 1}, cluster.find()));
  EXPECT_EQ(wanted_authority(cluster.site, cluster.find()), 1);
  const auto due = due_certificates(cluster.site, cluster.find());
  ASSERT_TRUE(due);
  EXPECT_THAT(*due, SizeIs(6)) << "three voters, operator, clients, and the ConfigMap";
  cluster.apply(due);
  EXPECT_THAT(*due_certificates(cluster.site, cluster.find()), IsEmpty());
  const auto facts = inspect(cluster.entry("main-v1-tls", "tls.crt"));
  EXPECT_EQ(facts->subject.common_name, "main-v1");
  const json::value* const authorities = cluster.find()("Secret", "main-quorum-ca");
  EXPECT_EQ(authority_number(*authorities, facts->authority_key_id), 1);
  EXPECT_THAT(objects::read_certificates(*authorities).trusted, ElementsAre(1));
}

TEST(Keeper, RenewsWhatIsAboutToEnd) {
  Cluster cluster;
  cluster.apply(build(cluster.site, {.trusted = {1}, .signer = 1}, cluster.find()));
  cluster.apply(due_certificates(cluster.site, cluster.find()));
  const std::string before = cluster.entry("main-v1-tls", "tls.crt");
  cluster.pass(59);
  EXPECT_THAT(*due_certificates(cluster.site, cluster.find()), IsEmpty());
  cluster.pass(2);
  cluster.apply(due_certificates(cluster.site, cluster.find()));
  EXPECT_NE(cluster.entry("main-v1-tls", "tls.crt"), before);
  EXPECT_THAT(*due_certificates(cluster.site, cluster.find()), IsEmpty());
}

TEST(Keeper, GivesCertificatesWithOtherNames) {
  Cluster cluster;
  cluster.apply(build(cluster.site, {.trusted = {1}, .signer = 1}, cluster.find()));
  cluster.apply(due_certificates(cluster.site, cluster.find()));
  cluster.site.spec.tls.extra_names = {"zk.example"};
  const auto due = due_certificates(cluster.site, cluster.find());
  ASSERT_THAT(*due, SizeIs(1));
  EXPECT_EQ(kube::key_of(due->front()).name, "main-client-tls");
}

// operator.md 5.7.7: trust both, sign with the new one, trust it alone; each a step of the planner.
TEST(Keeper, ChangesItsAuthorityInThreeSteps) {
  Cluster cluster;
  cluster.apply(build(cluster.site, {.trusted = {1}, .signer = 1}, cluster.find()));
  cluster.apply(due_certificates(cluster.site, cluster.find()));
  const std::string leaf = cluster.entry("main-v1-tls", "tls.crt");
  const std::string trusted = cluster.entry("main-v1-tls", "ca.crt");

  cluster.apply(build(cluster.site, {.trusted = {1, 2}, .signer = 1}, cluster.find()));
  cluster.apply(due_certificates(cluster.site, cluster.find()));
  EXPECT_EQ(cluster.entry("main-v1-tls", "tls.crt"), leaf) << "it trusts more, and shows the same";
  EXPECT_THAT(cluster.entry("main-v1-tls", "ca.crt"), HasSubstr(trusted));
  EXPECT_EQ(wanted_authority(cluster.site, cluster.find()), 2);

  cluster.apply(build(cluster.site, {.trusted = {1, 2}, .signer = 2}, cluster.find()));
  cluster.apply(due_certificates(cluster.site, cluster.find()));
  EXPECT_NE(cluster.entry("main-v1-tls", "tls.crt"), leaf);

  cluster.apply(build(cluster.site, {.trusted = {2}, .signer = 2}, cluster.find()));
  cluster.apply(due_certificates(cluster.site, cluster.find()));
  EXPECT_THAT(cluster.entry("main-v1-tls", "ca.crt"), testing::Not(HasSubstr(trusted)));
  EXPECT_EQ(kube::text_at(*cluster.find()("Secret", "main-quorum-ca"), {"data", "1.key"}), "")
      << "a key that nobody needs is kept nowhere";
}

TEST(Keeper, WantsANewAuthorityBeforeItsCertificatesOutliveIt) {
  Cluster cluster;
  cluster.apply(build(cluster.site, {.trusted = {1}, .signer = 1}, cluster.find()));
  cluster.pass(3650 - 91);
  EXPECT_EQ(wanted_authority(cluster.site, cluster.find()), 1);
  cluster.pass(2);
  EXPECT_EQ(wanted_authority(cluster.site, cluster.find()), 2);
  cluster.site.spec.tls.provider = {.self_signed = std::nullopt,
                                    .cert_manager = api::CertManagerSpec{.issuer_name = "ca"}};
  EXPECT_EQ(wanted_authority(cluster.site, cluster.find()), 0);
}

}  // namespace
}  // namespace paddock::authority
