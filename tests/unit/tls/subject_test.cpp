// SPDX-License-Identifier: Apache-2.0
#include "tls/subject.h"

#include <gtest/gtest.h>

#include "tls/openssl.h"

namespace paddock::tls {
namespace {

struct Part {
  const char* attribute;
  std::string value;
  bool joins = false;  // the part before it, as one set
  int kind = MBSTRING_UTF8;
};

std::string text_of(const std::vector<Part>& parts) {
  const CertificatePtr certificate(X509_new());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  for (const Part& part : parts) {
    EXPECT_EQ(X509_NAME_add_entry_by_txt(name,
                                         part.attribute,
                                         part.kind,
                                         reinterpret_cast<const unsigned char*>(part.value.data()),
                                         static_cast<int>(part.value.size()),
                                         -1,
                                         part.joins ? -1 : 0),
              1)
        << part.attribute;
  }
  return subject_text(certificate.get());
}

TEST(Subject, StartsWithTheLastPart) {
  EXPECT_EQ(text_of({{"C", "SE"}, {"ST", "Skane"}, {"O", "Example"}, {"CN", "alice"}}),
            "CN=alice,O=Example,ST=Skane,C=SE");
  EXPECT_EQ(text_of({{"DC", "org"}, {"DC", "example"}, {"UID", "7"}}), "UID=7,DC=example,DC=org");
  EXPECT_EQ(text_of({}), "");
}

TEST(Subject, JoinsThePartsOfASet) {
  EXPECT_EQ(text_of({{"O", "Example"}, {"CN", "alice"}, {"UID", "7", true}}),
            "CN=alice+UID=7,O=Example");
}

TEST(Subject, EscapesWhatMeansSomething) {
  EXPECT_EQ(text_of({{"CN", R"(a,b+c"d\e<f>g;h=i#j)"}}), R"(CN=a\,b\+c\"d\\e\<f\>g\;h\=i\#j)");
  EXPECT_EQ(text_of({{"CN", "  a b "}}), R"(CN=\ \ a b\ )");
  EXPECT_EQ(text_of({{"CN", "Åsa"}}), "CN=Åsa");
}

TEST(Subject, NumbersWhatHasNoNameInJava) {
  EXPECT_EQ(text_of({{"emailAddress", "a@b", false, V_ASN1_IA5STRING}, {"CN", "alice"}}),
            "CN=alice,1.2.840.113549.1.9.1=#1603614062");
}

}  // namespace
}  // namespace paddock::tls
