import type { EnvoyAnswer, MemberReport, PeerAnswer, SrvrAnswer } from '../model/evidence.ts';

/** What of a server's answer the judging rests on: none of its numbers. */
export function saidByServer(answer: SrvrAnswer): string {
  switch (answer.kind) {
    case 'serving':
      return `serving ${answer.mode}`;
    case 'failed':
      return `failed ${answer.reason}`;
    default:
      return answer.kind;
  }
}

/** What of the proxy's answer the judging rests on. */
export function saidByProxy(answer: EnvoyAnswer): string {
  if (answer.kind === 'failed') return 'failed';
  const { ports, redirection, connectFailures } = answer;
  const failing = (connectFailures ?? [])
    .filter(({ failures }) => failures > 0)
    .map(({ address, port }) => [address, port]);
  return JSON.stringify([[...ports], redirection, failing]);
}

/** How each peer answered, as what, and with whom. */
export function saidByPeers(answers: ReadonlyMap<string, PeerAnswer>): string {
  return [...answers]
    .map(([name, answer]) =>
      answer.kind === 'answered' ? `${name} ${standing(answer.report)}` : `${name} ${answer.kind}`,
    )
    .join();
}

function standing({ role, inQuorum, quorum }: MemberReport): string {
  return `${role} ${inQuorum} ${quorum.votes}`;
}
