import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Ran, Repository } from '../../test/github/repository.ts';
import type { JobResult, PipelineResult } from './result.ts';

const EXAMPLE = join(dirname(import.meta.dirname), 'project');
const PLAN = 'plan: 1@1h,5@2h,25@2h,100@24h';

/** Which step of which job of the example workflows is which action. */
const STEPS: Readonly<Record<string, readonly [job: string, step: string]>> = {
  'lint-and-unit': ['code', 'check'],
  'lora-train': ['model', 'train'],
  'eval-gate': ['model', 'gate'],
  'build-vllm-image': ['image', 'build'],
  'smoke-test': ['canary', 'smoke'],
  'canary-step': ['canary', 'canary'],
  rollback: ['drill', 'drill'],
};

/** The user's repository on GitHub's side: act runs the example workflows. */
export class GithubProject {
  readonly #repository: Repository;
  readonly #touched = new Set<string>();

  private constructor(repository: Repository) {
    this.#repository = repository;
  }

  static async create(
    act: string,
    folder: string,
    { plan, variables }: { readonly plan: string; readonly variables: Readonly<Record<string, string>> },
  ): Promise<GithubProject> {
    await mkdir(folder, { recursive: true });
    return new GithubProject(
      new Repository({
        act,
        folder,
        vars: variables,
        env: { ...process.env, ...variables },
        edit: { 'pipeline.yml': (text) => text.replace(PLAN, `plan: ${plan}`) },
      }),
    );
  }

  /** A change of the project as it was at first, pushed to main. */
  async change(message: string, files: Readonly<Record<string, (text: string) => string>>): Promise<void> {
    for (const name of Object.keys(files)) this.#touched.add(name);
    const edits: Record<string, () => string> = {};
    for (const name of this.#touched) {
      const first = await readFile(join(EXAMPLE, name), 'utf8');
      const text = files[name]?.(first) ?? first;
      edits[name] = () => text;
    }
    this.#repository.commit(message, edits);
  }

  async push(): Promise<PipelineResult> {
    return resultOf(await this.#repository.run({ event: 'push', workflow: 'pipeline.yml' }));
  }

  /** What the schedule does once a week. */
  async drill(): Promise<PipelineResult> {
    return resultOf(await this.#repository.run({ event: 'schedule', workflow: 'rollback.yml' }));
  }
}

function resultOf({ exit, log, jobs }: Ran): PipelineResult {
  const results = new Map<string, JobResult>();
  for (const [name, [job, step]] of Object.entries(STEPS)) {
    const seen = jobs[job]?.steps[step];
    if (!seen || seen.outcome === 'skipped') continue;
    const prefix = name.toUpperCase().replaceAll('-', '_');
    const outputs = Object.entries(seen.outputs).map(([output, value]) => [
      `${prefix}_${output.toUpperCase().replaceAll('-', '_')}`,
      value,
    ]);
    results.set(name, {
      name,
      exit: seen.outcome === 'success' ? 0 : 3,
      outputs: Object.fromEntries(outputs),
    });
  }
  return { exit, log, jobs: results };
}
