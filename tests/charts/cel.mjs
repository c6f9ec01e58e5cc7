// SPDX-License-Identifier: Apache-2.0
// Evaluates the CEL rules of a CRD's spec as an API server does: node cel.mjs CRD, with lines of JSON on standard input,
// {"self": …, "oldSelf": …}; answers each with a line of JSON: the messages of the rules that are broken.
import fs from 'fs';
import readline from 'readline';
import { Environment } from '@marcbachmann/cel-js';
import yaml from 'js-yaml';

const SUFFIXES = { Ki: 2n ** 10n, Mi: 2n ** 20n, Gi: 2n ** 30n, Ti: 2n ** 40n, Pi: 2n ** 50n,
  k: 10n ** 3n, M: 10n ** 6n, G: 10n ** 9n, T: 10n ** 12n, P: 10n ** 15n, '': 1n };

class Quantity {
  constructor(text) {
    const [, whole, fraction = '', suffix] = /^([0-9]+)(?:\.([0-9]+))?([A-Za-z]*)$/.exec(text);
    this.scaled = BigInt(whole + fraction.padEnd(6, '0').slice(0, 6)) * SUFFIXES[suffix];
  }
}

const environment = new Environment({ unlistedVariablesAreDyn: true })
  .registerType('Quantity', Quantity)
  .registerFunction('quantity(string): Quantity', (text) => new Quantity(text))
  .registerFunction('Quantity.compareTo(Quantity): int', (a, b) => (a.scaled < b.scaled ? -1n : a.scaled > b.scaled ? 1n : 0n));

const crd = yaml.load(fs.readFileSync(process.argv[2], 'utf8'));
const rules = crd.spec.versions[0].schema.openAPIV3Schema.properties.spec['x-kubernetes-validations']
  .map(({ rule, message }) => ({ message, isOfChange: rule.includes('oldSelf'), holds: environment.parse(rule) }));

// CEL's integers are not JavaScript's numbers.
const integers = (value) => {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(integers);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, integers(v)]));
  return value;
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = integers(JSON.parse(line));
  const broken = rules.filter(({ isOfChange, holds }) => !(isOfChange && !asked.oldSelf) && !holds(asked));
  console.log(JSON.stringify(broken.map(({ message }) => message)));
}
