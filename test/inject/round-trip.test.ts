import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { FIXTURES, fixture, injected, WAYS } from './fixtures.ts';

const ENDINGS: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['without a line break at its end', (text) => text.replace(/\n+$/, '')],
  ['with a byte order mark', (text) => `\uFEFF${text}`],
];

for (const [name, original] of FIXTURES) {
  // The folders of the examples are written as one; the others are not.
  for (const [how, change] of name.includes('/') ? ENDINGS.slice(0, 1) : ENDINGS) {
    test(`${name} ${how}: injecting twice is injecting once, and --remove gives the input back`, () => {
      const text = change(original);
      for (const way of WAYS) {
        const once = injected(text, ...way).text;
        assert.equal(injected(once, ...way).text, once, way.join(' '));
        assert.equal(injected(once, '--remove').text, text, way.join(' '));
      }
    });
  }
}

test('an option of a later injection replaces that of an earlier one', () => {
  const text = fixture('zookeeper-chart.yaml');
  for (const first of WAYS) {
    const once = injected(text, ...first).text;
    for (const way of WAYS) assert.equal(injected(once, ...way).text, injected(text, ...way).text);
  }
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
  fc.string({ maxLength: 12 }),
);
const extra = fc.dictionary(
  word.map((key) => `x-${key}`),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(word, scalar, { maxKeys: 2 })),
  { maxKeys: 3 },
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.constant(undefined));

const statefulSet = fc
  .record({
    extra,
    labels: optional(fc.dictionary(word, word, { maxKeys: 2 })),
    annotations: optional(fc.oneof(fc.constant(null), fc.dictionary(word, word, { maxKeys: 2 }))),
    containers: fc.array(fc.record({ extra, name: word }), { maxLength: 2 }),
    lifecycle: optional(
      fc.constantFrom(null, {}, { postStart: { exec: {} } }, { preStop: { exec: {} } }),
    ),
    readiness: optional(fc.constantFrom(null, {}, { httpGet: { path: '/readyz', port: 4888 } })),
    graceSeconds: optional(fc.constantFrom(null, 30, 300)),
    volumes: optional(
      fc.oneof(fc.constant(null), fc.array(fc.record({ name: word }), { maxLength: 2 })),
    ),
    policy: optional(fc.constantFrom('Parallel', 'OrderedReady')),
    minReadySeconds: optional(fc.nat(40)),
  })
  .map((parts) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'set', annotations: parts.annotations },
    spec: {
      serviceName: 'set',
      podManagementPolicy: parts.policy,
      minReadySeconds: parts.minReadySeconds,
      template: {
        metadata: parts.labels === undefined ? undefined : { labels: parts.labels },
        spec: {
          ...parts.extra,
          containers: [
            {
              ...{ name: 'zk', image: 'zookeeper' },
              ...{ lifecycle: parts.lifecycle, readinessProbe: parts.readiness },
            },
            ...parts.containers.map((one) => ({ name: one.name, ...one.extra })),
          ],
          terminationGracePeriodSeconds: parts.graceSeconds,
          volumes: parts.volumes,
        },
      },
      ...parts.extra,
    },
  }));

const written = fc
  .record({
    set: statefulSet,
    indentSeq: fc.boolean(),
    indent: fc.constantFrom(2, 3, 4),
    style: fc.constantFrom('block', 'json', 'pretty json', 'flow'),
    nullStr: fc.constantFrom('', '~', 'null'),
  })
  .map(({ set, indentSeq, indent, style, nullStr }) => {
    if (style === 'json') return JSON.stringify(set);
    if (style === 'pretty json') return JSON.stringify(set, null, indent);
    const collectionStyle = style === 'flow' ? 'flow' : 'any';
    const plain: unknown = JSON.parse(JSON.stringify(set));
    return stringify(plain, {
      indent,
      indentSeq,
      nullStr: style === 'flow' ? 'null' : nullStr,
      collectionStyle,
    });
  });

test('whatever a set looks like: twice is once, and --remove gives it back', () => {
  fc.assert(
    fc.property(
      written,
      fc.constantFrom(...WAYS),
      fc.constantFrom(...ENDINGS),
      (text, way, ending) => {
        const given = ending[1](text);
        const once = injected(given, ...way).text;
        assert.notEqual(once, given);
        assert.equal(injected(once, ...way).text, once);
        assert.equal(injected(once, '--remove').text, given);
      },
    ),
    { numRuns: 30 },
  );
});
