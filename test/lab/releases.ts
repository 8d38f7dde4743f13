import { DEBIAN, type Release } from './zookeeper.ts';

/** The releases to test. */
export async function selectedReleases(): Promise<readonly Release[]> {
  return [DEBIAN];
}
