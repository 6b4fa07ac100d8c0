import { relative } from 'node:path';
import { messageOf } from '@sluice/contract';
import { cacheFolder } from '@sluice/process';
import type { Report } from '@sluice/report';
import { commentBudget } from './comment-marker.ts';
import { documentText } from './document.ts';
import { asCollected, reportFolder, writeKept } from './files/kept-files.ts';
import type { Platform, Surroundings } from './platform.ts';
import type { Annotation, Host, KeptFile, RunnerCache, Source } from './types.ts';

/** What a step needs beside its platform. */
export interface StepOptions {
  readonly programs: string;
  readonly temp: string;
  readonly source: Source;
  /** Says what it would do to other systems and does nothing to them. */
  readonly dryRun: boolean;
  readonly token: string | undefined;
}

/** A host together with what it has collected for the end of the step. */
export interface StepHost extends Host {
  readonly annotations: readonly Annotation[];
  /** Writes the findings as a report, and hands everything kept to the host. Never throws. */
  finish(failed: boolean): Promise<void>;
}

/** Puts together the host that an action sees: the platform's own ways, and what is the same everywhere. */
export function stepHost(platform: Platform, around: Surroundings, options: StepOptions): StepHost {
  const { log, workspace } = platform;
  const { dryRun, token, source } = options;
  const folder = reportFolder(workspace, around.action);
  const annotations: Annotation[] = [];
  const kept = new Set<string>();
  const cut = (text: string) => around.secrets.cut(text);
  const warned = new Set<string>();
  // a step that tells its stages for hours says once that it may not
  const warnOnce = (text: string) => {
    if (!warned.has(text)) log.warn(text);
    warned.add(text);
  };
  const shown = (path: string) => relative(workspace, path);
  const safe = <T extends { readonly description: string }>(told: T): T => ({
    ...told,
    description: cut(told.description),
  });

  const keep = async (files: readonly KeptFile[]): Promise<string[]> => {
    const copies = platform.kind === 'gitlab' ? asCollected(files) : [];
    const paths = await writeKept(folder, [...files, ...copies], cut);
    for (const path of paths) kept.add(path);
    return paths.slice(0, files.length);
  };

  const comment = async (
    key: string,
    commit: string | undefined,
    report: Report,
    whole: string,
  ): Promise<void> => {
    if (!token) return log.debug('no token was given: no comment is written');
    if (dryRun) return log.info(`dry run: would write or update the comment '${key}'`);
    const { toMarkdown } = await import('@sluice/report');
    // the limit is in characters, and a character takes up to three bytes
    const texts = [commentBudget * 3, commentBudget].map((maxBytes) =>
      cut(toMarkdown(report, { maxBytes, whole })),
    );
    const text = texts.find((candidate) => candidate.length <= commentBudget);
    if (text === undefined) return log.warn('the comment would be too long: it is left out');
    await platform.comment({ key, markdown: text, commit }, token).catch((error: unknown) => {
      warnOnce(`the comment was not written: ${refusal(error)}; the token needs the right to write comments`);
    });
  };

  const cache: RunnerCache = {
    restore: (key, paths) => platform.cache.restore(key, paths),
    save: async (key, paths) => {
      if (!dryRun) await platform.cache.save(key, paths);
    },
  };

  return {
    workspace,
    temp: options.temp,
    cacheDir: cacheFolder(around.env),
    programs: options.programs,
    env: around.env,
    signal: around.signal,
    now: around.now,
    log,
    source,
    cache,
    annotations,
    keep,
    document: (document, rules) =>
      documentText(document, { ...rules, workspace, overridable: platform.kind === 'gitlab' }),
    mask(secret) {
      platform.hide(around.secrets.add(secret));
    },
    annotate(annotation) {
      annotations.push(annotation);
    },
    async publish(report, { name = around.action, comment: key, commit, interim = false } = {}) {
      const { toHtml, toMarkdown } = await import('@sluice/report');
      const [path] = (await keep([{ name: `${name}.html`, content: toHtml(report), kind: 'html' }])) as [
        string,
      ];
      const whole = shown(path);
      if (!interim) platform.summarise((maxBytes) => toMarkdown(report, { maxBytes, whole }), whole);
      if (key !== undefined) await comment(key, commit, report, whole);
      return path;
    },
    async commitStatus(status) {
      if (!token) return;
      if (dryRun) return log.info(`dry run: would mark the commit '${status.context}' as ${status.state}`);
      await platform.commitStatus(safe(status), source, token).catch((error: unknown) => {
        warnOnce(`the commit was not marked: ${refusal(error)}; the token needs the right to write statuses`);
      });
    },
    async deployment(deployment) {
      const { environment, state } = deployment;
      if (!token) return;
      if (dryRun) return log.info(`dry run: would mark the deployment to '${environment}' as ${state}`);
      await platform.deployment(safe(deployment), source, token).catch((error: unknown) => {
        warnOnce(
          `the deployment to '${environment}' was not marked: ${refusal(error)}; the token needs the right to write deployments, and the host must know them`,
        );
      });
    },
    async finish(failed) {
      try {
        if (annotations.length > 0 && ![...kept].some((path) => path.endsWith('codequality.json')))
          await keep([
            { name: 'codequality.json', content: await asCodeQuality(annotations, around.action) },
          ]);
        platform.annotate(annotations, { failed });
      } catch (error) {
        log.warn(`the reports were not handed on: ${messageOf(error)}`);
      }
    },
  };
}

/** Why a host did not take what it was given, on one line: a gateway before it may answer with a whole page. */
function refusal(error: unknown): string {
  const said = messageOf(error).replaceAll(/\s+/g, ' ').trim();
  const { status } = error as { readonly status?: unknown };
  return said === ''
    ? `it gave no reason${status === undefined ? '' : ` (status ${status})`}`
    : said.slice(0, 500);
}

async function asCodeQuality(annotations: readonly Annotation[], action: string): Promise<string> {
  const { toCodeQuality } = await import('@sluice/report');
  return toCodeQuality(
    annotations.map((a) => ({
      rule: a.rule ?? action,
      message: a.title ? `${a.title}: ${a.message}` : a.message,
      file: a.file ?? '.',
      line: a.line ?? 1,
      level: a.level,
    })),
  );
}
