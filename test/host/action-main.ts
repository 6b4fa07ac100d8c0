import { join } from 'node:path';
import { runAction } from '@sluice/host';

// `action-main.ts <action>`: the entry of any action, as its bundle has it
const [name, ...argv] = process.argv.slice(2);
const { default: action } = await import(`../../actions/${name}/src/main.ts`);
const programs = join(import.meta.dirname, '../../packages/engines/python');
process.exit(await runAction(action, { programs, argv }));
