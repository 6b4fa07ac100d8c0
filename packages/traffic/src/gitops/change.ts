import { setTimeout as delay } from 'node:timers/promises';
import { SystemError } from '@sluice/contract';
import { editYaml, readYaml, type YamlValue } from './edit-yaml.ts';
import type { GitPlace } from './place.ts';
import { Repository, type RepositoryOptions, type Version } from './repository.ts';

/** What stands at a place, and in which commit it was read. */
export interface Held {
  readonly value: YamlValue;
  readonly commit: string;
}

export interface Changed extends Held {
  /** False where it stood there already, or was left alone. */
  readonly changed: boolean;
}

/** How often somebody else may push first. */
const ATTEMPTS = 20;

/** One value under git, read anew before each change. */
export class GitValue {
  readonly place: GitPlace;
  readonly #options: RepositoryOptions;
  #repository: Promise<Repository> | undefined;

  constructor(place: GitPlace, options: RepositoryOptions) {
    this.place = place;
    this.#options = options;
  }

  async read(signal?: AbortSignal): Promise<Held> {
    const newest = await (await this.#open(signal)).newest(signal);
    return { value: this.#value(newest), commit: newest.commit };
  }

  /**
   * Commits what `decide` makes of the newest value; undefined leaves it as it is. Where somebody pushes in between, it is decided anew
   * on what they pushed. `decide` throws to refuse.
   */
  async change(
    decide: (held: Held) => YamlValue | undefined | Promise<YamlValue | undefined>,
    message: (from: YamlValue, to: YamlValue) => string,
    signal?: AbortSignal,
  ): Promise<Changed> {
    const repository = await this.#open(signal);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const newest = await repository.newest(signal);
      const held = { value: this.#value(newest), commit: newest.commit };
      const wanted = await decide(held);
      if (wanted === undefined || wanted === held.value) return { ...held, changed: false };
      const text = editYaml(newest.text, this.place.path, wanted, this.place.file);
      const commit = await repository.push(newest.commit, text, message(held.value, wanted), signal);
      if (commit !== undefined) return { value: wanted, commit, changed: true };
      await delay(Math.random() * 100 * attempt, undefined, signal ? { signal } : {});
    }
    throw new SystemError(
      `somebody else pushed to ${this.place.repository} ${ATTEMPTS} times in a row while this step wanted to change ${this.place.file}; run it again`,
    );
  }

  /** Whether the value was another one in any commit since; also where that commit is no ancestor any more. */
  async touchedSince({ value, commit }: Held, until: string, signal?: AbortSignal): Promise<boolean> {
    if (commit === until) return false;
    const versions = await (await this.#open(signal)).between(commit, until, signal);
    return versions?.every((version) => this.#value(version) === value) !== true;
  }

  #value({ text }: Version): YamlValue {
    return readYaml(text, this.place.path, this.place.file);
  }

  #open(signal: AbortSignal | undefined): Promise<Repository> {
    this.#repository ??= Repository.open(this.place, this.#options, signal);
    return this.#repository;
  }
}
