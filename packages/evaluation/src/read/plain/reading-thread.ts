/** The entry of a reading thread; the one of `dist/` is written by its build. */
import { answerInThread } from './reading.ts';

await answerInThread();
