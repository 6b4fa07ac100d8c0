import { readDocument, UserError } from '@sluice/contract';
import * as z from 'zod/mini';

const list = z.array(z.string().check(z.minLength(1, 'is empty')));

/** The prompts of a file: a JSON or YAML list where its name says so, else one a line. @throws UserError where there is none. */
export function readPrompts(text: string, file: string): string[] {
  const prompts = /\.(json|ya?ml)$/i.test(file)
    ? readDocument(text, file, list)
    : text
        .replace(/^\ufeff/, '')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
  if (prompts.length === 0)
    throw new UserError(
      `prompts: ${file} holds no prompt; write one a line, or leave the input out for the default three`,
    );
  return prompts;
}
