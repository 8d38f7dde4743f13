import type { Report } from '../../src/model/report.ts';

/** What must not depend on where the socket table comes from. */
export type Answer = ReturnType<typeof answerOf>;

/** What both ways answered once they had come to rest. */
export interface Step {
  readonly step: string;
  readonly proc: Answer;
  readonly netlink: Answer;
}

export function answerOf({
  role,
  ready,
  verdict,
  quorum,
  checks,
  findings,
  ports,
  links,
  peers,
}: Report) {
  return {
    ...{ role, ready, verdict, quorum },
    checks: checks.map(({ name, status }) => `${name} ${status}`),
    findings: findings.map(({ code, certainty }) => `${code} ${certainty}`),
    ports: ports.map(({ port, listener, links: { inbound, outbound, stalled, connecting } }) => ({
      ...{ port, inbound, outbound, stalled, connecting },
      listener: listener === null ? null : [listener.reach, ...listener.addresses],
    })),
    links: links
      .map(({ direction, port, peer, state }) => `${direction} ${port} ${peer} ${state}`)
      .sort(),
    peers: peers.map(({ name, status }) => `${name} ${status}`),
  };
}
