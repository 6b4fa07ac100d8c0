import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Loaded before a bundle: writes the address of every module that is read to the file that the variable names.
const list = process.env['SLUICE_MODULES_READ'] as string;

registerHooks({
  load(url, context, next) {
    appendFileSync(list, `${url}\n`);
    return next(url, context);
  },
});
