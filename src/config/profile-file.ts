import {
  clientPort,
  type LinkShape,
  type PortSpec,
  type Profile,
  perPairOf,
  type QuorumRule,
} from '../model/profile.ts';
import { didYouMean } from './nearest.ts';
import { checkPorts } from './ports.ts';
import { Problem, quote } from './problem.ts';
import { fromOldForm } from './profile-old-form.ts';
import { profileSchema } from './profile-schema.ts';
import { yamlDocument } from './yaml-document.ts';

/** The profile in a YAML file; throws a Problem that names the file, the field and what to write. */
export function readProfileFile(file: string, text: string): Profile {
  const parsed = profileSchema.safeParse(fromOldForm(plain(yamlDocument(file, text))));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Problem(`${file}: ${issue === undefined ? 'is not a profile' : complaint(issue)}`);
  }
  try {
    checkConsistency(parsed.data);
  } catch (error) {
    throw error instanceof Problem ? new Problem(`${file}: ${error.message}`) : error;
  }
  return parsed.data;
}

type Issue = NonNullable<ReturnType<typeof profileSchema.safeParse>['error']>['issues'][number];

function complaint(issue: Issue): string {
  const field = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return `${field === '' ? 'the profile' : field} has an unknown key ${quote(key)}; remove it, or see "quorum-probe schema profile" for the keys`;
  }
  return `${field === '' ? 'the profile' : field}: ${issue.message}`;
}

/** What the shape alone does not say: that roles are distinct and that rules name ports that fit them. */
function checkConsistency(profile: Profile): void {
  const roles = profile.ports.map(({ role }) => role);
  const twice = roles.find((role, index) => roles.indexOf(role) !== index);
  if (twice !== undefined)
    throw new Problem(`ports: two have the role ${quote(twice)}; rename one`);
  checkPorts(profile, new Map());
  if (profile.ownWord !== null && clientPort(profile) === null) {
    throw new Problem(
      `ownWord: ${profile.ownWord} is asked on the client port, and no port has links of kind clients; write null`,
    );
  }
  for (const [index, spec] of profile.ports.entries())
    checkPairs(spec, `ports[${index}].links.perPair`);
  for (const { field, role, shape } of portsOfRule(profile.quorum)) {
    const spec = profile.ports.find((candidate) => candidate.role === role);
    if (spec === undefined) {
      throw new Problem(
        `quorum.${field}: no port has the role ${quote(role)}; ${didYouMean(role, roles, `the roles are ${roles.join(', ')}`)}`,
      );
    }
    if (spec.links.kind !== shape) {
      throw new Problem(
        `quorum.${field}: the links of ${role} are ${spec.links.kind}; a quorum of kind ${profile.quorum.kind} needs ${shape}`,
      );
    }
  }
}

function checkPairs(spec: PortSpec, field: string): void {
  const perPair = perPairOf(spec);
  if (perPair !== null && perPair.usual < perPair.least) {
    throw new Problem(`${field}: usual is below least; raise usual or lower least`);
  }
}

interface RulePort {
  readonly field: 'port' | 'election';
  readonly role: string;
  readonly shape: LinkShape['kind'];
}

function portsOfRule(rule: QuorumRule): readonly RulePort[] {
  switch (rule.kind) {
    case 'hub':
      return [
        { field: 'port', role: rule.port, shape: 'hub' },
        { field: 'election', role: rule.election, shape: 'pairwise' },
      ];
    case 'star':
      return [{ field: 'port', role: rule.port, shape: 'hub' }];
    case 'pairwise':
    case 'gossip':
      return [{ field: 'port', role: rule.port, shape: 'pairwise' }];
    case 'none':
      return [];
  }
}

/** Maps as plain objects; keys that are no text keep their place as text. */
function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, entry]) => [String(key), plain(entry)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}
