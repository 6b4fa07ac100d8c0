import { EXPORT } from './script-export.ts';
import { KEPT } from './script-kept.ts';
import { VIEW } from './script-view.ts';

/** The form's program, for a browser: no library, no network. Text is only ever set as text, never as HTML. */
export const SCRIPT = `(() => {
'use strict';
${KEPT}
${EXPORT}
${VIEW}
})();`;
