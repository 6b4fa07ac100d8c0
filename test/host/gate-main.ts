import { join } from 'node:path';
import { runAction } from '@sluice/host';
import evalGate from '../../actions/eval-gate/src/main.ts';

const programs = join(import.meta.dirname, '../../packages/engines/python');
process.exit(await runAction(evalGate, { programs, argv: process.argv.slice(2) }));
