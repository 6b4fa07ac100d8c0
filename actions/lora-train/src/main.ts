import { action } from '@sluice/host';
import { definition } from './definition.ts';
import { run } from './run.ts';

export default action(definition, run);
