import type { PageState } from '../../../src/http/page/state.ts';
import { check, ensembleMember, finding, link, NOW, pageState, port } from './states.ts';

/** Text that would break out of an element, an attribute, a style, a script or a line. */
export const HOSTILE =
  '"\'><img src=x onerror=alert(1)></title></style></script><script>alert(1)</script>\u0000\u202e\ud800&amp;\r\nevent: beat';

/** A page's state in which every text that comes from outside is hostile. */
export const hostileState: PageState = pageState(
  {
    member: { name: HOSTILE, addresses: [HOSTILE] },
    profile: HOSTILE,
    checks: [check(HOSTILE, 'fail', HOSTILE)],
    findings: [
      finding('no-quorum', 'critical', {
        summary: HOSTILE,
        evidence: [HOSTILE],
        cause: HOSTILE,
        remedy: HOSTILE,
      }),
    ],
    ports: [{ ...port('client'), role: HOSTILE, states: { [HOSTILE]: 1 } }],
    links: [
      { ...link('quorum', 'inbound', 1), peer: HOSTILE },
      { ...link('election', 'outbound', 1), role: HOSTILE },
    ],
    peers: [
      {
        name: `a${HOSTILE}`,
        addresses: [HOSTILE, HOSTILE],
        status: 'linked',
        reach: 'unknown',
        vitals: null,
      },
    ],
    scan: { ...pageState({}).report.scan, error: HOSTILE },
  },
  {
    transitions: [
      { at: HOSTILE, kind: 'role', from: HOSTILE, to: HOSTILE, lastedMs: 5, detail: HOSTILE },
    ],
    ensemble: {
      at: NOW,
      asked: true,
      quorum: { size: 3, majority: 2 },
      members: [
        ensembleMember(HOSTILE, 'self', 'leader'),
        ensembleMember(`b${HOSTILE}`, 'answered', 'learner'),
      ],
      roles: [HOSTILE],
      links: [
        {
          role: HOSTILE,
          between: [HOSTILE, `b${HOSTILE}`],
          sight: ['up', 'none'],
          oneSided: true,
          need: 'needed',
        },
      ],
      leaders: [HOSTILE],
      reaches: [],
      mismatches: [],
    },
    evidence: { mtls: [], server: { mode: HOSTILE, version: HOSTILE } },
  },
);
