import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import type * as SystemInformation from 'systeminformation';
import type { InterfaceReport } from '../model/report.ts';
import type { Address } from '../model/socket.ts';
import { readInterfaceCounters } from '../proc/read.ts';

/** What describes an interface beyond its addresses. */
interface Description {
  readonly mtu: number | null;
  readonly state: string;
}

export interface InterfaceWatch {
  /**
   * The pod's addresses as they were last listed, loopback left out; `null` where it has none, or they cannot be
   * listed.
   */
  addresses(): readonly Address[] | null;
  /** Interfaces that hold a pod address, with their counters of this moment. */
  interfaces(): InterfaceReport[];
  /**
   * Lists the addresses anew, and asks systeminformation for MTU and state if they changed since it was asked. It starts
   * processes where a shell exists, so it is asked once, after the server listens, and off every scan.
   * Rejects where the addresses cannot be listed.
   */
  describe(): Promise<void>;
}

export type Describe = () => Promise<ReadonlyMap<string, Description>>;

export function watchInterfaces(
  procRoot: string,
  list: typeof networkInterfaces = networkInterfaces,
  ask: Describe = askSystemInformation,
): InterfaceWatch {
  let described: ReadonlyMap<string, Description> = new Map();
  let describedAddresses = '';
  /** As they were last listed: they hardly ever change, and listing them takes longer than a tick does. */
  let listed: [string, Address[]][] | null = null;

  function podInterfaces(): [string, Address[]][] {
    listed = Object.entries(list()).flatMap(([name, infos]): [string, Address[]][] => {
      const addresses = (infos ?? []).filter((info) => !info.internal).map((info) => info.address);
      return addresses.length === 0 ? [] : [[name, addresses]];
    });
    return listed;
  }

  /** Node asks for them by netlink, which may be denied: then the table's own addresses have to do. */
  function visibleInterfaces(): [string, Address[]][] {
    try {
      return listed ?? podInterfaces();
    } catch {
      return [];
    }
  }

  return {
    addresses() {
      const addresses = visibleInterfaces().flatMap(([, own]) => own);
      return addresses.length === 0 ? null : addresses;
    },
    interfaces() {
      const counters = readInterfaceCounters(procRoot);
      const zero = { bytes: 0, errors: 0, drops: 0 };
      return visibleInterfaces().map(([name, addresses]) => ({
        name,
        addresses,
        mtu: described.get(name)?.mtu ?? null,
        state: described.get(name)?.state ?? 'unknown',
        receive: counters.get(name)?.receive ?? zero,
        transmit: counters.get(name)?.transmit ?? zero,
      }));
    },
    async describe() {
      const addresses = JSON.stringify(podInterfaces());
      if (addresses === describedAddresses) return;
      describedAddresses = addresses;
      described = await ask();
    },
  };
}

/**
 * systeminformation's view, as far as it can be believed: without a shell it fills in blanks instead of
 * failing, and only interfaces whose address agrees with the kernel's own list are taken.
 */
async function askSystemInformation(): Promise<ReadonlyMap<string, Description>> {
  // The package's own module for the network: the whole of it would stay in memory, 1.6 MiB for one answer.
  const { networkInterfaces: ask }: Pick<typeof SystemInformation, 'networkInterfaces'> =
    createRequire(import.meta.url)('systeminformation/lib/network.js');
  const answer = await ask();
  const known = networkInterfaces();
  const described = new Map<string, Description>();
  for (const entry of Array.isArray(answer) ? answer : [answer]) {
    const addresses = (known[entry.iface] ?? []).map((info) => info.address);
    if (!addresses.includes(entry.ip4) && !addresses.includes(entry.ip6)) continue;
    described.set(entry.iface, {
      mtu: Number.isInteger(entry.mtu) && (entry.mtu ?? 0) > 0 ? entry.mtu : null,
      state: entry.operstate === '' ? 'unknown' : entry.operstate,
    });
  }
  return described;
}
