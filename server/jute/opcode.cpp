// SPDX-License-Identifier: Apache-2.0
#include "jute/opcode.h"

#include <algorithm>
#include <array>

namespace paddock::jute {

namespace {

struct OpcodeNames {
  Opcode opcode;
  std::string_view short_name;
  std::string_view name;
};

constexpr auto kOpcodeNames = std::to_array<OpcodeNames>({
    {Opcode::Notification, "NOTI", "notification"},
    {Opcode::Create, "CREA", "create"},
    {Opcode::Delete, "DELE", "delete"},
    {Opcode::Exists, "EXIS", "exists"},
    {Opcode::GetData, "GETD", "getData"},
    {Opcode::SetData, "SETD", "setData"},
    {Opcode::GetAcl, "GETA", "getACL"},
    {Opcode::SetAcl, "SETA", "setACL"},
    {Opcode::GetChildren, "GETC", "getChildren"},
    {Opcode::Sync, "SYNC", "sync"},
    {Opcode::Ping, "PING", "ping"},
    {Opcode::GetChildren2, "GETC", "getChildren2"},
    {Opcode::Check, "CHEC", "check"},
    {Opcode::Multi, "MULT", "multi"},
    {Opcode::Create2, "CREA", "create2"},
    {Opcode::Reconfig, "RECO", "reconfig"},
    {Opcode::CheckWatches, "CHKW", "checkWatches"},
    {Opcode::RemoveWatches, "REMW", "removeWatches"},
    {Opcode::CreateContainer, "CREA", "createContainer"},
    {Opcode::DeleteContainer, "DELE", "deleteContainer"},
    {Opcode::CreateTtl, "CREA", "createTTL"},
    {Opcode::MultiRead, "MLTR", "multiRead"},
    {Opcode::Auth, "AUTH", "auth"},
    {Opcode::SetWatches, "SETW", "setWatches"},
    {Opcode::Sasl, "SASL", "sasl"},
    {Opcode::GetEphemerals, "GETE", "getEphemerals"},
    {Opcode::GetAllChildrenNumber, "GETACN", "getAllChildrenNumber"},
    {Opcode::SetWatches2, "STW2", "setWatches2"},
    {Opcode::AddWatch, "ADDW", "addWatch"},
    {Opcode::WhoAmI, "HOMI", "whoAmI"},
    {Opcode::CreateSession, "SESS", "createSession"},
    {Opcode::CloseSession, "CLOS", "closeSession"},
    {Opcode::Error, "ERRO", "error"},
});

const OpcodeNames* find(Opcode opcode) noexcept {
  const auto* at = std::ranges::find(kOpcodeNames, opcode, &OpcodeNames::opcode);
  return at == kOpcodeNames.end() ? nullptr : at;
}

}  // namespace

std::string_view short_name(Opcode opcode) noexcept {
  const OpcodeNames* names = find(opcode);
  return names == nullptr ? "UNKN" : names->short_name;
}

std::string_view name(Opcode opcode) noexcept {
  const OpcodeNames* names = find(opcode);
  return names == nullptr ? "unknown" : names->name;
}

}  // namespace paddock::jute
