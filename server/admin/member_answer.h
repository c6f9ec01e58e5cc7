// SPDX-License-Identifier: Apache-2.0
//
// What GET /admin/member says: how a server stands, alone or in its ensemble. Pure.
#pragma once

#include "admin/admin.pb.h"
#include "admin/server_report.h"

namespace paddock::admin {

[[nodiscard]] pb::Certificate certificate_answer(const CertificateReport& report);

[[nodiscard]] pb::MemberAnswer member_answer(const ServerReport& report);

}  // namespace paddock::admin
