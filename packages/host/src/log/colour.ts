import type { Env } from '../detect.ts';
import type { Screen } from '../platform.ts';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
export type Colour = keyof typeof CODES;
export type Paint = (colour: Colour, text: string) => string;

const painted: Paint = (colour, text) => `\x1b[${CODES[colour]}m${text}\x1b[0m`;
const plain: Paint = (_colour, text) => text;

/** Colours for logs that a CI host shows in a browser; NO_COLOR (https://no-color.org) turns them off. */
export const paintFor = (env: Env): Paint => (env.NO_COLOR ? plain : painted);

/** Colours only on a terminal. */
export const paintOn = (screen: Screen, env: Env): Paint =>
  screen.isTTY && !env.NO_COLOR && env.TERM !== 'dumb' ? painted : plain;
