// SPDX-License-Identifier: Apache-2.0
// Reads YAML documents and says which fields no current Kubernetes has, or of which type they should be: by the types of
// @kubernetes/client-node, which are made from Kubernetes' OpenAPI. Kinds of others are only named.
//
//   node types.mjs FILE…      a line for each problem; a line "foreign: KIND" for each kind that is not Kubernetes' own
import fs from 'fs';
import * as types from '@kubernetes/client-node';
import yaml from 'js-yaml';

const FOREIGN = ['paddock.io/v1', 'monitoring.coreos.com/v1', 'cert-manager.io/v1'];
const capital = (text) => text[0].toUpperCase() + text.slice(1);

function typeOf(object) {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const name = capital(version) + object.kind;
  return types[name] ?? types['Core' + name] ?? types[capital(group.split('.')[0] || 'core') + name];
}

function* problems(value, type, path) {
  if (value === null || value === undefined) return;
  const list = /^Array<(.*)>$/.exec(type);
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (list) {
    if (!Array.isArray(value)) return yield `${path}: expected a list`;
    for (const [i, element] of value.entries()) yield* problems(element, list[1], `${path}[${i}]`);
  } else if (map) {
    if (typeof value !== 'object' || Array.isArray(value)) return yield `${path}: expected a map`;
    for (const [name, element] of Object.entries(value)) yield* problems(element, map[1], `${path}.${name}`);
  } else if (types[type]?.getAttributeTypeMap) {
    if (typeof value !== 'object' || Array.isArray(value)) return yield `${path}: expected an object`;
    const known = Object.fromEntries(types[type].getAttributeTypeMap().map((a) => [a.baseName, a.type]));
    for (const [name, element] of Object.entries(value)) {
      if (name in known) yield* problems(element, known[name], `${path}.${name}`);
      else yield `${path}.${name}: ${type} has no such field`;
    }
  } else if (['string', 'number', 'boolean'].includes(type) && typeof value !== type) {
    yield `${path}: expected ${type}, not ${typeof value}`;
  }
}

function* judge(object) {
  const name = `${object?.kind} ${object?.metadata?.name}`;
  if (!object?.apiVersion || !object.kind || !object.metadata?.name) return yield `${name}: an object needs apiVersion, kind and a name`;
  if (FOREIGN.includes(object.apiVersion)) return yield `foreign: ${object.kind}`;
  const type = typeOf(object);
  if (!type) return yield `${name}: no current Kubernetes has ${object.apiVersion}`;
  yield* problems(object, type.name, name);
}

for (const file of process.argv.slice(2)) {
  for (const object of yaml.loadAll(fs.readFileSync(file, 'utf8'), undefined, { schema: yaml.CORE_SCHEMA })) {
    if (object) for (const problem of judge(object)) console.log(problem.startsWith('foreign') ? problem : `${file}: ${problem}`);
  }
}
