import { HAPROXY } from './mesh.ts';
import { meshSuite } from './mesh-suite.ts';
import { missing, NEEDS } from './requirements.ts';

meshSuite({ network: 'mesh', skip: await missing(NEEDS.mesh), mesh: HAPROXY });
