#!/usr/bin/env node
import { reportJsonSchema } from './model/report.ts';

process.stdout.write(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
