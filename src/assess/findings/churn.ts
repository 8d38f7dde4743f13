import type { Socket } from '../../model/socket.ts';
import type { Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Connections between members that came and went from which on it is worth a line. */
const CHURN = 10;

/** Connections between members that end soon after they began. */
export function churnFindings(scene: Scene): Diagnosis[] {
  const [oldest] = scene.samples;
  const { counters } = scene.observation;
  const failed =
    oldest === undefined
      ? 0
      : (counters.attemptFails ?? 0) -
        (oldest.counters.attemptFails ?? 0) +
        ((counters.estabResets ?? 0) - (oldest.counters.estabResets ?? 0));
  const closed = lasting(scene, scene.table.timeWaits).length;
  if (failed < CHURN && closed < CHURN) return [];
  return [
    {
      code: 'connection-churn',
      certainty: 'confirmed',
      summary: `Connections on the peer ports keep opening and closing: ${closed} closed in the last minute, ${failed} attempts failed or were reset recently.`,
      evidence: [
        `${closed} TIME_WAIT rows on peer ports`,
        `AttemptFails ${counters.attemptFails ?? 'unknown'}, EstabResets ${counters.estabResets ?? 'unknown'} since the pod started`,
      ],
      cause:
        'Members that retry an election, probes that open the peer ports, or a proxy that accepts and then cannot deliver.',
      remedy:
        'None needed by itself. If the quorum is lost, follow the other findings. Do not point tcpSocket probes at peer ports.',
    },
  ];
}

/** Without the connections of ports where each ends soon in health. */
function lasting({ settings }: Scene, rows: readonly Socket[]): Socket[] {
  const brief = settings.profile.ports.flatMap(({ links, ports }) =>
    links.kind === 'short-lived' ? ports : [],
  );
  return rows.filter(
    ({ local, remote }) => !brief.some((port) => port === local.port || port === remote.port),
  );
}
