/** `npm run dashboard`: writes the dashboards, with your own labels and addresses where they are given. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, type RuleSettings, usageOf } from '../prometheus/settings.ts';
import { ensembleDashboard, fleetDashboard } from './dashboard.ts';

/** Every dashboard of this folder by its file, made with these settings. */
export function dashboardFiles(settings: RuleSettings): ReadonlyMap<string, string> {
  return new Map([
    ['dashboard.json', ensembleDashboard(settings)],
    ['fleet.json', fleetDashboard(settings)],
  ]);
}

function main(args: readonly string[]): void {
  try {
    const { settings, out } = commandOf(args);
    for (const [name, text] of dashboardFiles(settings)) {
      writeFileSync(join(out ?? import.meta.dirname, name), text);
    }
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : String(error)}\n${usageOf('dashboard')}`,
    );
    process.exitCode = 2;
  }
}

if (import.meta.filename === process.argv[1]) main(process.argv.slice(2));
