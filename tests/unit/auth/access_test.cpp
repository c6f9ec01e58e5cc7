// SPDX-License-Identifier: Apache-2.0
#include "auth/access.h"

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace paddock::auth {
namespace {

using Entries = std::vector<tree::AclEntry>;
using AclList = jute::ListBuilder<jute::Acl>;

IdentitySet identities_of(std::initializer_list<jute::Id> ids) {
  IdentitySet set;
  for (const jute::Id& id : ids) set.add(id.scheme, id.id);
  return set;
}

AclList list_of(std::initializer_list<jute::Acl> entries) {
  AclList list;
  for (const jute::Acl& entry : entries) list.add(entry);
  return list;
}

TEST(IdentitySet, KeepsEachIdentityOnceInTheOrderOfArrival) {
  const IdentitySet set = identities_of(
      {{"ip", "127.0.0.1"}, {"digest", "a:b"}, {"ip", "127.0.0.1"}, {"digest", "a:c"}});

  std::vector<std::string> ids;
  for (const jute::Id& id : set.view()) ids.emplace_back(id.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"127.0.0.1", "a:b", "a:c"}));
}

TEST(Permits, EmptyListPermitsEverything) {
  EXPECT_TRUE(permits({}, jute::kPermAdmin, identities_of({}).view()));
}

TEST(Permits, AnyoneNeedsOnlyThePermissionBit) {
  const Entries acl{{jute::kPermRead, "world", "anyone"}};

  EXPECT_TRUE(permits(acl, jute::kPermRead, Identities{}));
  EXPECT_TRUE(permits(acl, jute::kPermRead | jute::kPermAdmin, Identities{}));
  EXPECT_FALSE(permits(acl, jute::kPermWrite, Identities{}));
}

TEST(Permits, IdentityOfTheSameSchemeAndIdIsEnough) {
  const Entries acl{{jute::kPermWrite, "digest", "u:hash"}};

  EXPECT_TRUE(
      permits(acl, jute::kPermWrite, identities_of({{"ip", "::1"}, {"digest", "u:hash"}}).view()));
  EXPECT_FALSE(permits(acl, jute::kPermRead, identities_of({{"digest", "u:hash"}}).view()));
  EXPECT_FALSE(permits(acl, jute::kPermWrite, identities_of({{"digest", "u:other"}}).view()));
  EXPECT_FALSE(permits(acl, jute::kPermWrite, identities_of({{"sasl", "u:hash"}}).view()));
}

TEST(Permits, SuperUserMayDoEverything) {
  const Entries acl{{0, "world", "anyone"}};

  EXPECT_FALSE(permits(acl, jute::kPermAdmin, identities_of({{"digest", "super:x"}}).view()));
  EXPECT_TRUE(permits(acl, jute::kPermAdmin, identities_of({{"super", ""}}).view()));
}

TEST(Permits, AddressIsMatchedAgainstTheRange) {
  const Entries acl{{jute::kPermAll, "ip", "10.1.0.0/16"}};

  EXPECT_TRUE(permits(acl, jute::kPermRead, identities_of({{"ip", "10.1.2.3"}}).view()));
  EXPECT_FALSE(permits(acl, jute::kPermRead, identities_of({{"ip", "10.2.2.3"}}).view()));
}

TEST(FixupAcl, DropsRepeatedEntriesAndKeepsTheOrder) {
  const AclList list =
      list_of({{1, {"world", "anyone"}}, {2, {"ip", "::1"}}, {1, {"world", "anyone"}}});

  const auto fixed = fixup_acl(list.view(), Identities{});

  ASSERT_TRUE(fixed);
  EXPECT_EQ(*fixed, (Entries{{1, "world", "anyone"}, {2, "ip", "::1"}}));
}

TEST(FixupAcl, AuthBecomesEveryAuthenticatedIdentity) {
  const IdentitySet who =
      identities_of({{"ip", "127.0.0.1"}, {"super", ""}, {"digest", "a:1"}, {"digest", "b:2"}});
  const AclList list = list_of({{jute::kPermAll, {"auth", "whatever"}}});

  const auto fixed = fixup_acl(list.view(), who.view());

  ASSERT_TRUE(fixed);
  EXPECT_EQ(*fixed, (Entries{{31, "digest", "a:1"}, {31, "digest", "b:2"}}));
}

TEST(FixupAcl, AuthWithoutAnAuthenticatedIdentityIsInvalid) {
  const AclList list = list_of({{jute::kPermAll, {"auth", ""}}});

  const auto fixed = fixup_acl(list.view(), identities_of({{"ip", "127.0.0.1"}}).view());

  ASSERT_FALSE(fixed);
  EXPECT_EQ(fixed.error(), ErrorCode::InvalidAcl);
}

TEST(FixupAcl, AuthThatWouldExpandToThousandsOfEntriesIsInvalid) {
  IdentitySet who;
  for (int i = 0; i < 100; ++i) who.add("digest", "user" + std::to_string(i) + ":hash");
  AclList list;
  for (int perms = 0; perms < 100; ++perms) list.add({perms, {"auth", ""}});

  const auto fixed = fixup_acl(list.view(), who.view());

  ASSERT_FALSE(fixed);
  EXPECT_EQ(fixed.error(), ErrorCode::InvalidAcl);
}

TEST(FixupAcl, NullAndEmptyListsAreInvalid) {
  EXPECT_EQ(fixup_acl(jute::List<jute::Acl>{}, Identities{}).error(), ErrorCode::InvalidAcl);
  EXPECT_EQ(fixup_acl(AclList{}.view(), Identities{}).error(), ErrorCode::InvalidAcl);
}

TEST(FixupAcl, DigestIsUnknownWhereItIsSwitchedOff) {
  const AclList digest = list_of({{31, {"digest", "u:h"}}});
  const AclList auth = list_of({{31, {"auth", ""}}});
  const IdentitySet who = identities_of({{"digest", "u:h"}});

  EXPECT_EQ(fixup_acl(digest.view(), who.view(), {.digest = false}).error(), ErrorCode::InvalidAcl);
  EXPECT_EQ(fixup_acl(auth.view(), who.view(), {.digest = false}).error(), ErrorCode::InvalidAcl);
}

TEST(FixupAcl, NamesThatOthersHaveGivenAreKnownWhereTheyAreProven) {
  const AclList token = list_of({{31, {"jwt", "system:serviceaccount:apps:alice"}}});
  const AclList spiffe = list_of({{31, {"san", "URI:spiffe://example/alice"}}});
  for (const AclList* const list : {&token, &spiffe}) {
    EXPECT_EQ(fixup_acl(list->view(), {}).error(), ErrorCode::InvalidAcl);
    EXPECT_TRUE(fixup_acl(list->view(), {}, {.x509 = true, .jwt = true}));
  }
  for (const auto& [scheme, id] : {std::pair("jwt", ""),
                                   std::pair("san", "alice"),
                                   std::pair("san", "URI:"),
                                   std::pair("san", "GID:7")}) {
    EXPECT_EQ(
        fixup_acl(list_of({{31, {scheme, id}}}).view(), {}, {.x509 = true, .jwt = true}).error(),
        ErrorCode::InvalidAcl)
        << id;
  }
  // Hosts may be shared: `auth` does not mean them.
  const IdentitySet who =
      identities_of({{"san", "DNS:host"}, {"san", "URI:spiffe://example/alice"}, {"jwt", "bob"}});
  const auto fixed =
      fixup_acl(list_of({{31, {"auth", ""}}}).view(), who.view(), {.x509 = true, .jwt = true});
  ASSERT_TRUE(fixed);
  ASSERT_EQ(fixed->size(), 2U);
  EXPECT_EQ((*fixed)[0].id, "URI:spiffe://example/alice");
  EXPECT_EQ((*fixed)[1].id, "bob");
}

TEST(FixupAcl, X509IsKnownWhereClientsHaveCertificates) {
  const AclList name = list_of({{31, {"x509", "CN=alice"}}});
  const AclList no_name = list_of({{31, {"x509", "alice"}}});
  const AclList auth = list_of({{31, {"auth", ""}}});
  const IdentitySet who = identities_of({{"ip", "::1"}, {"x509", "CN=alice"}});

  EXPECT_EQ(fixup_acl(name.view(), who.view()).error(), ErrorCode::InvalidAcl);
  EXPECT_EQ(fixup_acl(auth.view(), who.view()).error(), ErrorCode::InvalidAcl);
  const AclSchemes schemes{.x509 = true};
  EXPECT_EQ(fixup_acl(no_name.view(), who.view(), schemes).error(), ErrorCode::InvalidAcl);
  for (const AclList* list : {&name, &auth}) {
    const auto fixed = fixup_acl(list->view(), who.view(), schemes);
    ASSERT_TRUE(fixed);
    ASSERT_EQ(fixed->size(), 1U);
    EXPECT_TRUE(permits(*fixed, jute::kPermRead, who.view()));
    EXPECT_FALSE(
        permits(*fixed, jute::kPermRead, identities_of({{"x509", "CN=alice,O=x"}}).view()));
  }
}

TEST(FixupAcl, SaslIsKnownWhereItsProviderIs) {
  const AclList name = list_of({{31, {"sasl", "alice@EXAMPLE.COM"}}});
  const AclList no_name = list_of({{31, {"sasl", "alice@EXAMPLE.COM@OTHER"}}});
  const AclList auth = list_of({{31, {"auth", ""}}});
  const IdentitySet who = identities_of({{"ip", "::1"}, {"sasl", "alice@EXAMPLE.COM"}});

  EXPECT_EQ(fixup_acl(name.view(), who.view()).error(), ErrorCode::InvalidAcl);
  EXPECT_EQ(fixup_acl(auth.view(), who.view()).error(), ErrorCode::InvalidAcl);
  const AclSchemes schemes{.sasl = true};
  EXPECT_EQ(fixup_acl(no_name.view(), who.view(), schemes).error(), ErrorCode::InvalidAcl);
  for (const AclList* list : {&name, &auth}) {
    const auto fixed = fixup_acl(list->view(), who.view(), schemes);
    ASSERT_TRUE(fixed);
    ASSERT_EQ(fixed->size(), 1U);
    EXPECT_TRUE(permits(*fixed, jute::kPermRead, who.view()));
    EXPECT_FALSE(permits(*fixed, jute::kPermRead, identities_of({{"sasl", "alice"}}).view()));
    EXPECT_FALSE(
        permits(*fixed, jute::kPermRead, identities_of({{"x509", "alice@EXAMPLE.COM"}}).view()));
  }
}

/// As in ZooKeeper: of other schemes' entries it is nobody.
TEST(Permits, TheSaslUserSuperIsEverySaslUser) {
  const IdentitySet super = identities_of({{"sasl", "super"}});
  const std::vector<tree::AclEntry> alices{{jute::kPermAll, "sasl", "alice"}};
  const std::vector<tree::AclEntry> digests{{jute::kPermAll, "digest", "alice:hash"}};
  EXPECT_TRUE(permits(alices, jute::kPermRead, super.view()));
  EXPECT_FALSE(permits(digests, jute::kPermRead, super.view()));
  EXPECT_FALSE(permits(alices, jute::kPermRead, identities_of({{"digest", "super"}}).view()));
}

struct IdCase {
  View scheme;
  View id;
  ErrorCode expected;
};

class FixupAclId : public testing::TestWithParam<IdCase> {};

TEST_P(FixupAclId, IsJudgedByItsScheme) {
  const AclList list = list_of({{31, {GetParam().scheme, GetParam().id}}});

  const auto fixed = fixup_acl(list.view(), Identities{});

  EXPECT_EQ(fixed ? ErrorCode::Ok : fixed.error(), GetParam().expected)
      << GetParam().scheme << ":" << GetParam().id;
}

INSTANTIATE_TEST_SUITE_P(Schemes,
                         FixupAclId,
                         testing::Values(IdCase{"world", "anyone", ErrorCode::Ok},
                                         IdCase{"world", "someone", ErrorCode::InvalidAcl},
                                         IdCase{"world", View{}, ErrorCode::MarshallingError},
                                         IdCase{"digest", "user:hash", ErrorCode::Ok},
                                         IdCase{"digest", ":hash", ErrorCode::Ok},
                                         IdCase{"digest", "a:b:", ErrorCode::Ok},
                                         IdCase{"digest", "a:b:c", ErrorCode::InvalidAcl},
                                         IdCase{"digest", "user:", ErrorCode::InvalidAcl},
                                         IdCase{"digest", "user", ErrorCode::InvalidAcl},
                                         IdCase{"digest", "", ErrorCode::InvalidAcl},
                                         IdCase{"digest", "::", ErrorCode::InvalidAcl},
                                         IdCase{"digest", View{}, ErrorCode::MarshallingError},
                                         IdCase{"ip", "127.0.0.1", ErrorCode::Ok},
                                         IdCase{"ip", "10.0.0.0/8", ErrorCode::Ok},
                                         IdCase{"ip", "10.0.0.0/33", ErrorCode::InvalidAcl},
                                         IdCase{"ip", "fd00::/16", ErrorCode::Ok},
                                         IdCase{"ip", "localhost", ErrorCode::InvalidAcl},
                                         IdCase{"ip", View{}, ErrorCode::MarshallingError},
                                         IdCase{"super", "", ErrorCode::InvalidAcl},
                                         IdCase{"unknown", View{}, ErrorCode::InvalidAcl},
                                         IdCase{"", "x", ErrorCode::InvalidAcl},
                                         IdCase{View{}, "x", ErrorCode::InvalidAcl}));

TEST(OpenAcl, IsRecognizedOnTheWire) {
  EXPECT_TRUE(is_open_acl(list_of({{31, {"world", "anyone"}}}).view()));
  EXPECT_FALSE(is_open_acl(list_of({{15, {"world", "anyone"}}}).view()));
  EXPECT_FALSE(is_open_acl(list_of({{31, {"world", "anyone"}}, {31, {"world", "anyone"}}}).view()));
  EXPECT_FALSE(is_open_acl({}));
}

std::vector<std::tuple<std::int32_t, std::string, std::string>> read_acl(const ByteBuffer& bytes) {
  jute::Reader reader(bytes.view());
  jute::List<jute::Acl> list;
  EXPECT_TRUE(reader.get(list));
  EXPECT_EQ(reader.remaining(), 0U);
  std::vector<std::tuple<std::int32_t, std::string, std::string>> entries;
  for (const jute::Acl& acl : list) entries.emplace_back(acl.perms, acl.id.scheme, acl.id.id);
  return entries;
}

TEST(WriteAcl, MasksTheHashesOfDigestIdsOnly) {
  const Entries acl{{31, "digest", "user:secret"}, {1, "world", "anyone"}, {2, "ip", "::1"}};
  ByteBuffer full;
  ByteBuffer masked;
  jute::Writer full_writer(full);
  jute::Writer masked_writer(masked);

  write_acl(acl, AclDisclosure::Full, full_writer);
  write_acl(acl, AclDisclosure::Masked, masked_writer);

  using Tuples = std::vector<std::tuple<std::int32_t, std::string, std::string>>;
  EXPECT_EQ(read_acl(full),
            (Tuples{{31, "digest", "user:secret"}, {1, "world", "anyone"}, {2, "ip", "::1"}}));
  EXPECT_EQ(read_acl(masked),
            (Tuples{{31, "digest", "user:x"}, {1, "world", "anyone"}, {2, "ip", "::1"}}));
}

}  // namespace
}  // namespace paddock::auth
