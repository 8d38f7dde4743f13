import { PASSTHROUGH } from './mesh.ts';
import { meshSuite } from './mesh-suite.ts';
import { missing, NEEDS } from './requirements.ts';

meshSuite({
  network: 'mesh, Envoy',
  skip: await missing(NEEDS.envoy),
  mesh: { ...PASSTHROUGH, proxy: 'envoy' },
});
