import { join } from 'node:path';
import { pinnedFiles } from './downloads.ts';
import { run } from './run-command.ts';

/**
 * The class path of the jars that the `pom.xml` of one of the lab's folders asks for, fetched by Maven.
 * @throws when a jar is not the one that the folder's `checksums.txt` pins.
 */
export function pinnedJars(folder: string, version: string): Promise<readonly string[]> {
  return pinnedFiles(folder, version, (home, directory) => {
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
    const maven = ['--quiet', '--batch-mode', '-f', join(home, 'pom.xml')];
    return run('mvn', [...maven, ...copy, `-DoutputDirectory=${directory}`]);
  });
}
