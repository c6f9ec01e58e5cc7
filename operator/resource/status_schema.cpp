// SPDX-License-Identifier: Apache-2.0
//
// The schema of a status: what status_intent() writes, and a test compares the two.
#include "resource/crd.h"

namespace paddock::resource {
namespace {

json::object text(std::string_view meaning) {
  return {{"type", "string"}, {"description", meaning}};
}

json::object number(std::string_view meaning) {
  return {{"type", "integer"}, {"description", meaning}};
}

json::object flag(std::string_view meaning) {
  return {{"type", "boolean"}, {"description", meaning}};
}

json::object object(std::string_view meaning, json::object properties) {
  return {{"type", "object"}, {"description", meaning}, {"properties", std::move(properties)}};
}

/// A list whose elements are told apart by one of their members.
json::object map_by(std::string_view key, std::string_view meaning, json::object item) {
  item["required"] = json::array{key};
  return {{"type", "array"},
          {"description", meaning},
          {"x-kubernetes-list-type", "map"},
          {"x-kubernetes-list-map-keys", json::array{key}},
          {"items", std::move(item)}};
}

json::object members() {
  return map_by("id",
                "Each server, voters first.",
                object("One server.",
                       {{"id", number("Its id.")},
                        {"role", text("Leader, Follower, Observer, Joining or Looking.")},
                        {"state", text("What it does.")},
                        {"version", text("Its version.")},
                        {"upToDate", flag("It runs what is wanted.")},
                        {"safeToStop", flag("The ensemble goes on if it is stopped now.")}}));
}

json::object conditions() {
  return map_by(
      "type",
      "Ready, Progressing, Degraded, QuorumLost, DataLoss, Stalled, SpecValid, Suspended.",
      object("A condition.",
             {{"type", text("Its name.")},
              {"status", text("True, False or Unknown.")},
              {"reason", text("One word.")},
              {"message", text("What is done next, and what is in the way.")},
              {"lastTransitionTime",
               {{"type", "string"},
                {"format", "date-time"},
                {"description", "When its status last changed."}}},
              {"observedGeneration", number("Of the spec that it is about.")}}));
}

}  // namespace

json::object status_schema() {
  return object(
      "What is seen; it can all be made anew from disks and servers.",
      {{"observedGeneration", number("The spec that this is about.")},
       {"ensembleId", text("Set once, when the ensemble has begun; it is on each disk as well.")},
       {"bootstrapVoters", number("With how many voters the ensemble begins or began.")},
       {"phase", text("One word for people; conditions say more.")},
       {"leader", number("The id of the server that leads.")},
       {"clientEndpoint", text("What clients connect to.")},
       {"quorum",
        object("Servers that vote.",
               {{"voters", number("How many there are.")},
                {"healthy", number("How many serve and are in step.")},
                {"needed", number("How many must.")}})},
       {"observers",
        object("Servers that do not vote.",
               {{"replicas", number("How many there are.")},
                {"ready", number("How many serve.")},
                {"selector", text("Their pods' labels, for autoscalers.")}})},
       {"version", object("Of the servers.", {{"current", text("What the members run.")}})},
       {"members", members()},
       {"conditions", conditions()}});
}

}  // namespace paddock::resource
