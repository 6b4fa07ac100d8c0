import {
  apiKey,
  type Definition,
  dryRun,
  failOnReject,
  type GivenInputs,
  runInputs,
  token,
} from '@sluice/contract';
import type { Env } from '../detect.ts';

const PREFIX = 'SLUICE_INPUT_';

/** Inputs that many actions have: a variable of the whole pipeline may set one that this action lacks. */
const SHARED = new Set(Object.keys({ ...runInputs, ...token, ...dryRun, ...failOnReject, ...apiKey }));

/** Inputs as the component hands them on: job variables `SLUICE_INPUT_<NAME>`, hyphens as `_`. */
export function gitlabInputs(definition: Definition, env: Env): GivenInputs {
  const given = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || value === undefined) continue;
    const name = variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
    if (name in definition.inputs || !SHARED.has(name)) given.set(name, value);
  }
  return given;
}
