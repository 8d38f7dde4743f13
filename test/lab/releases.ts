import { pinnedJars } from './jars.ts';
import { DEBIAN, type Release } from './zookeeper.ts';

const VERSION = '3.9.5';

/** Debian's release, and under `QUORUM_LAB_RELEASES=all` the newest one from Maven Central too. */
export async function selectedReleases(): Promise<readonly Release[]> {
  return process.env['QUORUM_LAB_RELEASES'] === 'all' ? [DEBIAN, await newest()] : [DEBIAN];
}

async function newest(): Promise<Release> {
  return { version: VERSION, classPath: await pinnedJars('newest', VERSION) };
}
