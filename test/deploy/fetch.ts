import { fetchTools } from './tools.ts';

fetchTools();
