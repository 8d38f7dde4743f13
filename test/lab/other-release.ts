/**
 * Stands before a pod's probe and answers the other pods as a probe of another release would: what the
 * lab itself asks for is handed on as it is. Arguments: the release, the probe's port, the port to listen
 * on, and the addresses of the other pods.
 */
import { createServer } from 'node:http';
import type { Report } from '../../src/model/report.ts';

const [release, probePort, port, ...others] = process.argv.slice(2);

/** As the first release wrote it, before it had said what readiness waits for. */
function older({ readiness: _, ...report }: Report): unknown {
  const { listing: __, ...scan } = report.scan;
  return { ...report, scan };
}

/** An imagined one: other words, other shapes, and fields that nobody here knows. */
function newer(report: Report): unknown {
  const { member, role, links, peers, inQuorum: _, ...rest } = report;
  return {
    ...rest,
    schemaVersion: 2,
    member: { ...member, zone: 'a' },
    role: role === 'learner' ? 'follower' : role,
    standing: { kind: role, since: report.at },
    verdict: report.verdict === 'healthy' ? 'thriving' : report.verdict,
    links: links.map(({ peer, ...link }) => ({
      ...link,
      peer: { name: peer },
      state: 'streaming',
    })),
    peers: [...peers.map((peer) => ({ ...peer, weight: 1 })), { name: 'witness', weight: 0 }],
  };
}

createServer((request, response) => {
  const from = request.socket.remoteAddress?.replace('::ffff:', '') ?? '';
  fetch(`http://127.0.0.1:${probePort}${request.url}`)
    .then(async (answer) => {
      const text = await answer.text();
      response.writeHead(answer.status, {
        'Content-Type': answer.headers.get('content-type') ?? 'text/plain',
      });
      const isReport = request.url === '/api/v1/report' && others.includes(from);
      if (!isReport) return response.end(text);
      const report: Report = JSON.parse(text);
      return response.end(JSON.stringify(release === 'older' ? older(report) : newer(report)));
    })
    .catch(() => response.destroy());
}).listen(Number(port), () => console.log('listening'));
