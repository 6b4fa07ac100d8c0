import type { Definition, InputSpec, OutputSpec } from '../action.ts';
import { shownDefault } from './action-yml.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', '<br>');
const code = (text: string) => (text === '' ? '' : `\`${cell(text)}\``);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const inputRow = ([name, spec]: [string, InputSpec]) => [
  code(name),
  `${cell(spec.description)}${spec.required ? ' **Required.**' : ''}`,
  cell(spec.type.rule),
  code(shownDefault(spec) ?? ''),
];

const outputRow = ([name, spec]: [string, OutputSpec]) => [
  code(name),
  cell(spec.description),
  cell(spec.type.rule),
];

/** The README with its tables written anew between the markers; everything else stays as it is. */
export function fillReadme(readme: string, definition: Definition): string {
  const tables = {
    inputs: table(
      ['input', 'what it is', 'allowed', 'default'],
      Object.entries(definition.inputs).map(inputRow),
    ),
    outputs: table(['output', 'what it is', 'form'], Object.entries(definition.outputs).map(outputRow)),
  };
  let filled = readme;
  for (const [name, text] of Object.entries(tables)) {
    const block = new RegExp(`(<!-- generated:${name} -->)[\\s\\S]*?(<!-- /generated -->)`);
    if (!block.test(filled))
      throw new Error(`README of ${definition.name} lacks <!-- generated:${name} --> … <!-- /generated -->`);
    filled = filled.replace(block, (_, open: string, close: string) => `${open}\n${text}\n${close}`);
  }
  return filled;
}
