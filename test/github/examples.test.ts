import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionNames, definitionOf, root } from '../../scripts/project.ts';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string };
  readonly outputs?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, 'workflows-examples', 'github');
const texts = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
);
const workflow = (name: string): Workflow => parse(texts.get(name) as string) as Workflow;
const definitions = new Map(
  await Promise.all(actionNames().map(async (name) => [name, await definitionOf(name)] as const)),
);

/** The action of a step, where it is one of ours. */
const ours = ({ uses = '' }: Step) => {
  const [, name, tag] = /^your-org\/sluice\/actions\/([\w-]+)@([\w-]+)\/v1$/.exec(uses) ?? [];
  return name !== undefined && name === tag ? definitions.get(name) : undefined;
};

describe.each([...texts.keys()])('%s', (name) => {
  const { jobs, permissions, concurrency } = workflow(name);
  const all = Object.values(jobs).flatMap((job) => job.steps);

  it('gives each action only inputs that it has, and all that it requires', () => {
    const used = all.filter(({ uses }) => uses?.includes('/sluice/'));
    expect(used.length).toBeGreaterThan(0);
    for (const step of used) {
      const definition = ours(step);
      expect(definition, step.uses).toBeDefined();
      const given = Object.keys(step.with ?? {});
      expect(Object.keys(definition?.inputs ?? {})).toEqual(expect.arrayContaining(given));
      for (const [input, spec] of Object.entries(definition?.inputs ?? {}))
        if (spec.required) expect(given, step.uses).toContain(input);
    }
  });

  it('reads only outputs that are there', () => {
    for (const job of Object.values(jobs)) {
      for (const [, id, output] of JSON.stringify(job).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        const step = job.steps.find((one) => one.id === id);
        expect(step, `steps.${id}`).toBeDefined();
        const definition = ours(step as Step);
        if (definition) expect(Object.keys(definition.outputs), `steps.${id}`).toContain(output);
        else expect(step?.run, `steps.${id}`).toContain(`"${output}=`);
      }
      const needs = [job.needs ?? []].flat();
      for (const [, from = '', output] of JSON.stringify(job).matchAll(
        /needs\.([\w-]+)\.outputs\.([\w-]+)/g,
      )) {
        expect(needs).toContain(from);
        expect(Object.keys(jobs[from]?.outputs ?? {})).toContain(output);
      }
    }
  });

  it('asks for no right but reading, has its groups and limits, and puts no expression into a script', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(concurrency?.group).toBeDefined();
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
    for (const { run } of all) expect(run ?? '').not.toContain('${{');
    expect(texts.get(name)?.replace(/#.*/g, '')).not.toContain('failure()');
  });

  it('takes back only what the canary decided to take back', () => {
    const after = all.filter((step) => ours(step)?.name === 'rollback' && step.if?.includes('canary'));
    for (const step of after)
      expect(step.if).toBe(`\${{ always() && steps.canary.outputs.decision == 'rollback' }}`);
    expect(after.length).toBe(['pipeline.yml', 'canary.yml'].includes(name) ? 1 : 0);
  });
});

describe('the examples together', () => {
  it('a rollback waits for no tick and no new version, and a tick for no reviewer', () => {
    const groups = [...texts.keys()].flatMap((name) => {
      const { concurrency, jobs } = workflow(name);
      return [concurrency?.group, ...Object.values(jobs).map((job) => job.concurrency?.group)].filter(
        Boolean,
      );
    });
    expect(new Set(groups).size).toBe(groups.length);
    const environments = (name: string) => Object.values(workflow(name).jobs).map((job) => job.environment);
    expect(environments('canary.yml')).toEqual(['canary']);
    expect(environments('rollback.yml')).toEqual(['canary', 'canary']);
    expect(environments('promote.yml')).toEqual(['production']);
  });
});
