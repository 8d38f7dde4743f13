import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { field, listField, textField } from '../../src/evidence/json-fields.ts';

/** A proxy's configuration, by the question that gives it. */
export interface StandIn {
  readonly serverInfo: unknown;
  readonly clusters: unknown;
  readonly listeners: unknown;
  readonly statuses?: unknown;
}

/**
 * An admin that answers as Envoy 1.40 does: `name_regex` must match a whole name, `filter` a part of
 * one, and a list of nothing is left out. Resolves to its port.
 */
export async function envoyStandIn(t: TestContext, answers: StandIn): Promise<number> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    response.end(JSON.stringify(answerTo(url, answers) ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function answerTo({ pathname, searchParams }: URL, answers: StandIn): unknown {
  if (pathname === '/server_info') return answers.serverInfo;
  if (pathname === '/clusters') {
    const filter = new RegExp(searchParams.get('filter') ?? '');
    const left = listField(answers.statuses, 'cluster_statuses').filter((status) =>
      filter.test(textField(status, 'name') ?? ''),
    );
    return left.length === 0 ? {} : { cluster_statuses: left };
  }
  const whole = new RegExp(`^(?:${searchParams.get('name_regex') ?? '.*'})$`);
  const dump =
    searchParams.get('resource') === 'dynamic_listeners' ? answers.listeners : answers.clusters;
  if (!Array.isArray(field(dump, 'configs'))) return dump;
  const left = listField(dump, 'configs').filter((config) =>
    whole.test(textField(field(config, 'cluster') ?? config, 'name') ?? ''),
  );
  return left.length === 0 ? {} : { configs: left };
}
