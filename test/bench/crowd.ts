import { type Namespace, openNamespace } from './network.ts';
import { ownProgram, type Program, startProgram } from './program.ts';

/** A namespace that holds many TCP sockets: clients of servers on ZooKeeper's client port, both ends. */
export interface Crowd {
  readonly namespace: Namespace;
  /** Opens connections until that many sockets are there; there is no way back. */
  growTo(sockets: number): Promise<void>;
  close(): Promise<void>;
}

/** Two descriptors a connection: below the usual hard limit of 20,000 files a process. */
const CONNECTIONS_PER_HOLDER = 8_000;

export async function openCrowd(): Promise<Crowd> {
  const namespace = await openNamespace();
  const holders: Program[] = [];
  let connections = 0;

  async function addHolder(count: number): Promise<void> {
    const address = `127.0.1.${holders.length + 1}`;
    const holder = startProgram(namespace.inside(ownProgram('holder.ts', address, `${count}`)));
    holders.push(holder);
    await holder.nextLine();
  }

  return {
    namespace,
    async growTo(sockets) {
      const wanted = Math.ceil(sockets / 2);
      const added: Promise<void>[] = [];
      while (connections < wanted) {
        const count = Math.min(CONNECTIONS_PER_HOLDER, wanted - connections);
        connections += count;
        added.push(addHolder(count));
      }
      await Promise.all(added);
    },
    async close() {
      await Promise.all(holders.map((holder) => holder.stop()));
      await namespace.close();
    },
  };
}
