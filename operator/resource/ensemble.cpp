// SPDX-License-Identifier: Apache-2.0
#include "resource/ensemble.h"

#include "api/describe.h"
#include "base/number_text.h"
#include "resource/spec_reader.h"
#include "resource/spec_writer.h"

namespace paddock::resource {
namespace {

std::string annotation(const json::value& object, std::string_view name) {
  return std::string(kube::text_at(object, {"metadata", "annotations", name}));
}

/// "2/1": member and generation. What is no such pair is no wish.
void read_replacement(std::string_view text, api::Wishes& wishes) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return;
  const auto member = parse_number<std::int32_t>(text.substr(0, slash));
  const auto generation = parse_number<std::int32_t>(text.substr(slash + 1));
  if (!member || !generation) return;
  wishes.replace_member = member;
  wishes.replace_generation = *generation;
}

api::Wishes read_wishes(const json::value& object) {
  api::Wishes wishes;
  wishes.restart = annotation(object, "paddock.io/restart");
  wishes.continue_rollout = annotation(object, "paddock.io/continue-rollout");
  read_replacement(annotation(object, "paddock.io/replace-member"), wishes);
  return wishes;
}

}  // namespace

const kube::Resource& ensembles() {
  static const kube::Resource kResource{
      .group = "paddock.io", .version = "v1", .plural = "ensembles", .kind = "Ensemble"};
  return kResource;
}

api::EnsembleSpec read_spec(const json::value& spec, std::vector<api::Problem>& problems) {
  api::EnsembleSpec result;
  const json::object* const object = spec.if_object();
  if (object == nullptr) {
    problems.push_back({"spec", "write an object here"});
    return result;
  }
  SpecReader reader(*object, problems);
  describe(reader, result);
  reader.complain_of_unknown();
  return result;
}

json::value spec_value(const api::EnsembleSpec& spec) {
  SpecWriter writer;
  api::EnsembleSpec copy = spec;  // describe() is for readers, too
  describe(writer, copy);
  return writer.take();
}

Ensemble read_ensemble(const json::value& object) {
  Ensemble ensemble;
  ensemble.key = kube::key_of(object);
  ensemble.uid = kube::uid_of(object);
  ensemble.resource_version = kube::resource_version_of(object);
  ensemble.generation = kube::number_at(object, {"metadata", "generation"}).value_or(0);
  ensemble.is_being_deleted = kube::is_being_deleted(object);
  const json::value* const spec = kube::find(object, {"spec"});
  ensemble.spec = read_spec(spec == nullptr ? json::value() : *spec, ensemble.problems);
  ensemble.wishes = read_wishes(object);
  for (api::Problem& problem : api::validate(ensemble.spec)) {
    ensemble.problems.push_back(std::move(problem));
  }
  ensemble.ensemble_id = kube::text_at(object, {"status", "ensembleId"});
  ensemble.bootstrap_voters =
      static_cast<std::int32_t>(kube::number_at(object, {"status", "bootstrapVoters"}).value_or(0));
  return ensemble;
}

}  // namespace paddock::resource
