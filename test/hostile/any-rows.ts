import fc from 'fast-check';
import type { Profile } from '../../src/model/profile.ts';
import { type Socket, TCP_STATES } from '../../src/model/socket.ts';
import { APP, PROXY } from '../links/rows.ts';

const V4 = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.9.9.9', '127.0.0.1', '127.0.0.6'] as const;
const V6 = ['fd00::1', 'fd00::2', '::1', '::6', '2001:db8::ff'] as const;
const MESH_PORTS = [15_001, 15_006, 15_008, 15_020, 15_000, 4143, 4140] as const;

/** The addresses that the rows are of, for members and names to be among them. */
export const ADDRESSES: readonly string[] = [...V4, ...V6];

/** Rows of all states between a few addresses and ports, so that they meet each other. */
export function anyRows(profile: Profile, most: number): fc.Arbitrary<Socket[]> {
  const watched = profile.ports.flatMap(({ ports }) => ports);
  const port = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...watched) },
    { weight: 2, arbitrary: fc.constantFrom(...MESH_PORTS) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 65_535 }) },
  );
  const few = fc.oneof({ weight: 9, arbitrary: fc.nat(20) }, fc.constant(0xffff_ffff));
  const ofFamily = (addresses: readonly string[]): fc.Arbitrary<Socket> =>
    fc
      .record({
        here: fc.constantFrom('*', ...addresses),
        there: fc.constantFrom(...addresses),
        local: port,
        remote: port,
        state: fc.oneof(
          { weight: 4, arbitrary: fc.constant('established' as const) },
          { weight: 2, arbitrary: fc.constant('listen' as const) },
          { weight: 2, arbitrary: fc.constantFrom(...TCP_STATES) },
        ),
        txQueueBytes: few,
        rxQueueBytes: few,
        timer: fc.constantFrom('none', 'retransmit', 'keepalive', 'window-probe'),
        retransmits: fc.nat(9),
        unansweredProbes: fc.nat(3),
        uid: fc.constantFrom(APP, PROXY, 2000, null),
        any: fc.constantFrom(...addresses),
      })
      .map(({ here, there, local, remote, uid, any, ...rest }): Socket => {
        const listens = rest.state === 'listen';
        return {
          ...rest,
          local: { address: here === '*' && !listens ? any : here, port: local },
          remote: listens ? { address: '*', port: 0 } : { address: there, port: remote },
          owner: uid === null ? { kind: 'unknown' } : { kind: 'uid', uid },
          accepted: uid !== null,
        };
      });
  return fc.array(fc.oneof(ofFamily(V4), ofFamily(V6)), { maxLength: most });
}
