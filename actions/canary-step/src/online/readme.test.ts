import { readFileSync } from 'node:fs';
import { parseOnlineEvaluation } from '@sluice/online-evaluation';
import { parsePolicy } from '@sluice/rollout';
import { expect, it } from 'vitest';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const example = (file: string): string =>
  new RegExp(`\`\`\`yaml\\n# deploy/${file}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? '';

it("the README's examples of an online evaluation and its policy are read, and fit each other", () => {
  const { scorers } = parseOnlineEvaluation(example('online-evaluation.yaml'));
  const policy = parsePolicy(example('policy.yaml'));
  const judged = Object.keys((policy.kind === 'sequential' && policy.scores) || {});
  expect(judged.length).toBeGreaterThan(0);
  expect(scorers.map(({ name }) => name)).toEqual(expect.arrayContaining(judged));
});
