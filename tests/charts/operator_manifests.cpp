// SPDX-License-Identifier: Apache-2.0
//
// What the operator's code makes, for files that are kept and compared:
//
//   operator_manifests crd             the CustomResourceDefinition
//   operator_manifests reference       the tables of docs/operator.md
//   operator_manifests objects FILE    all objects of the Ensemble in FILE, as if it ran
//   operator_manifests check FILE…     which Ensembles are not valid, and why
//   operator_manifests judge           for each line of JSON, {"spec": …, "before": …}, one with
//                                      {"problems": [fields], "self": …, "oldSelf": …}
#include <fstream>
#include <iostream>
#include <span>
#include <sstream>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "objects/certificates.h"
#include "objects/names.h"
#include "resource/crd.h"
#include "resource/yaml.h"

namespace paddock {
namespace {

namespace json = boost::json;

Result<resource::Ensemble> load(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  auto document = resource::parse_yaml(text.str());
  PADDOCK_TRY(document);
  resource::Ensemble ensemble = resource::read_ensemble(*document);
  if (!ensemble.problems.empty()) return fail(api::to_text(ensemble.problems));
  return ensemble;
}

void print(const json::value& object) {
  std::cout << "---\n" << resource::to_yaml(object);
}

void print(const objects::Objects& all) {
  for (const json::value& object : all) print(object);
}

/// As a cluster with everything would have it, on a fixed day.
objects::Site site_of(const resource::Ensemble& ensemble) {
  objects::Site site{.ns = ensemble.key.ns.empty() ? "default" : ensemble.key.ns,
                     .ensemble = ensemble.key.name,
                     .uid = "00000000-0000-0000-0000-000000000001",
                     .spec = ensemble.spec,
                     .wishes = ensemble.wishes};
  site.cluster.has_pod_monitors = true;
  site.cluster.has_service_monitors = true;
  site.operator_digest = "operator:digest";
  site.now = WallTime{1'767'225'600'000};
  for (std::int32_t id = 1; id <= ensemble.spec.voters.replicas; ++id) {
    site.voters.insert(ServerId{id});
  }
  return site;
}

void print_certificates(const objects::Site& site) {
  if (!site.spec.tls.provider.self_signed) return;
  for (const objects::CertificateRequest& request :
       objects::certificate_requests(site, site.voters)) {
    print(objects::certificate_secret(
        site, request, {.chain = "(PEM)", .key = "(PEM)", .trusted = "(PEM)"}));
  }
}

void print_voter(const objects::Site& site, ServerId id) {
  const auto size = model::parse_bytes(site.spec.storage.data.size);
  print(objects::build(site,
                       plan::ApplyClaim{.member = id,
                                        .generation = model::Generation{1},
                                        .size = size.value_or(model::ByteQuantity{}),
                                        .ensemble_id = "5eed",
                                        .bootstrap_voters = site.spec.voters.replicas}));
  print(objects::build(site,
                       plan::ApplyWorkload{.member = id,
                                           .makes = api::voter_template(site.spec, site.wishes),
                                           .claim = model::Generation{1},
                                           .labels_voter = true},
                       nullptr));
}

int print_objects(const std::string& path) {
  const auto ensemble = load(path);
  if (!ensemble) {
    std::cerr << path << ": " << ensemble.error().message << '\n';
    return 1;
  }
  const objects::Site site = site_of(*ensemble);
  print(objects::build_standing(site, true));
  print_certificates(site);
  for (const ServerId id : site.voters) print_voter(site, id);
  print(objects::build(site, plan::ApplyBudget{site.spec.voters.replicas - 1}));
  if (site.spec.observers.replicas > 0) {
    print(objects::build(
        site,
        plan::ApplyObservers{.replicas = site.spec.observers.replicas,
                             .makes = api::observer_template(site.spec, site.wishes)}));
  }
  return 0;
}

int check(std::span<char*> paths) {
  int status = 0;
  for (const char* const path : paths) {
    if (const auto ensemble = load(path); !ensemble) {
      std::cout << path << ": " << ensemble.error().message << '\n';
      status = 1;
    }
  }
  return status;
}

json::object judged(const json::object& asked) {
  std::vector<api::Problem> problems;
  const api::EnsembleSpec spec = resource::read_spec(asked.at("spec"), problems);
  for (api::Problem& problem : api::validate(spec)) problems.push_back(std::move(problem));
  json::object answer{{"self", resource::spec_value(spec)}};
  if (const json::value* const before = asked.if_contains("before")) {
    std::vector<api::Problem> of_old;
    const api::EnsembleSpec old = resource::read_spec(*before, of_old);
    for (api::Problem& problem : api::validate_change(old, spec)) {
      problems.push_back(std::move(problem));
    }
    answer["oldSelf"] = resource::spec_value(old);
  }
  json::array fields;
  for (const api::Problem& problem : problems) fields.emplace_back(problem.field);
  answer["problems"] = std::move(fields);
  return answer;
}

int judge() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto asked = kube::parse_json(line);
    if (!asked || !asked->is_object()) return 2;
    std::cout << json::serialize(judged(asked->get_object())) << '\n';
  }
  return 0;
}

int run(std::span<char*> arguments) {
  const std::string_view what = arguments.size() > 1 ? arguments[1] : "";
  if (what == "crd") {
    std::cout << resource::to_yaml(resource::ensemble_definition());
    return 0;
  }
  if (what == "reference") {
    std::cout << resource::ensemble_reference();
    return 0;
  }
  if (what == "objects" && arguments.size() == 3) return print_objects(arguments[2]);
  if (what == "check") return check(arguments.subspan(2));
  if (what == "judge") return judge();
  std::cerr << "usage: operator_manifests crd | reference | objects FILE | check FILE… | judge\n";
  return 2;
}

}  // namespace
}  // namespace paddock

int main(int argc, char** argv) {
  return paddock::run({argv, static_cast<std::size_t>(argc)});
}
