import { networkConnections } from 'systeminformation';
import { type Cost, weigh, weighProgram } from './cost.ts';
import { readBare } from './floor.ts';
import { scanByNetlink, scanOnce, scanOthersByNetlink } from './ours.ts';
import { isInstalled } from './program.ts';

/** One way to get all TCP sockets of the namespace that the bench runs in. */
export interface Contender {
  readonly name: string;
  /** Programs that it needs besides Node. */
  readonly needs: readonly string[];
  /** Once, weighed. */
  run(): Promise<Cost>;
}

export const OURS = 'quorum-probe, full scan';
export const FLOOR = 'bare `readSync` loop';

export const CONTENDERS: readonly Contender[] = [
  { name: OURS, needs: [], run: () => weigh(scanOnce) },
  { name: `${OURS}, by netlink`, needs: [], run: () => weigh(scanByNetlink) },
  {
    name: `${OURS}, by netlink, the crowd on no watched port`,
    needs: [],
    run: () => weigh(scanOthersByNetlink),
  },
  { name: FLOOR, needs: [], run: () => weigh(readBare) },
  program('cat /proc/net/tcp /proc/net/tcp6'),
  program('ss -tan'),
  program('netstat -tan'),
  {
    name: 'systeminformation `networkConnections()`',
    needs: ['netstat'],
    run: () => weigh(() => networkConnections()),
  },
];

/** The programs that a contender lacks here. */
export function missingFor(contender: Contender): string[] {
  return contender.needs.filter((tool) => !isInstalled(tool));
}

function program(command: string): Contender {
  const [tool = ''] = command.split(' ');
  return {
    name: `\`${command}\``,
    needs: ['bash', tool],
    run: () => weighProgram(command),
  };
}
