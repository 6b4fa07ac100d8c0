import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, type Percent, quote, SystemError, UserError } from '@sluice/contract';
import { basisPoints, checkNotSplit, checkSalt } from '../limits.ts';
import type { Capabilities, Router, RouterOptions, Slot } from '../router.ts';
import { saidSplit, splitFile } from './split.ts';
import { type NginxTarget, parseNginxTarget } from './target.ts';

export const can: Capabilities = {
  weights: true,
  sticky: true,
  segments: false,
  state: false,
  mirror: false,
  salt: true,
  precision: 0.01,
};

/** How often a reloading NGINX is asked whether it has the new split, milliseconds. */
const POLL = 25;
/** While it reloads, a worker of before may answer beside the new ones: so many answers must agree. */
const IN_A_ROW = 5;

/** What a running NGINX says of its split. */
type Said = { readonly weight: Percent; readonly salt: string };

/** NGINX by a file of its own that is written anew and reloaded. Streams under way end in the workers that began them. */
class NginxRouter implements Router {
  readonly kind = 'nginx';
  readonly target: string;
  readonly can = can;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly #at: NginxTarget;
  readonly #timeout: number;

  constructor(target: string, at: NginxTarget, timeout: number, slots: Readonly<Record<Slot, string>>) {
    this.target = target;
    this.#at = at;
    this.#timeout = timeout;
    this.slots = slots;
  }

  async identity(): Promise<string> {
    const pid = await this.#pid();
    // Linux says when a process began (field 22, after the name, which may hold spaces); elsewhere the number must do
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `nginx:${pid}${began ? `@${began}` : ''}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    return (await this.#said(signal)).weight;
  }

  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const weight = basisPoints(percent) / 100;
    const now = await this.#said(signal);
    await this.#apply({ weight, salt: now.salt }, now, signal);
  }

  async salt(signal?: AbortSignal): Promise<string> {
    return (await this.#said(signal)).salt;
  }

  async setSalt(salt: string, signal?: AbortSignal): Promise<void> {
    checkSalt(salt);
    const now = await this.#said(signal);
    if (now.salt === salt) return;
    checkNotSplit(now.weight, now.salt, salt);
    await this.#apply({ weight: now.weight, salt }, now, signal);
  }

  async #apply(wanted: Said, before: Said, signal: AbortSignal | undefined): Promise<void> {
    await this.#write(wanted);
    try {
      await this.#reload();
      for (let until = Date.now() + this.#timeout, agreed = 0; ; ) {
        const now = await this.#said(signal);
        const agrees = now.weight === wanted.weight && now.salt === wanted.salt;
        agreed = agrees ? agreed + 1 : 0;
        if (agreed === IN_A_ROW) return;
        if (agrees) continue;
        if (Date.now() > until)
          throw new SystemError(
            `NGINX was told to send ${wanted.weight} % of the users to the canary (salt ${wanted.salt}) and still says ${now.weight} % (salt ${now.salt}) after ${this.#timeout} ms. Its error log says why it did not reload; 'nginx -t' tests its configuration.`,
          );
        await new Promise((resolve) => setTimeout(resolve, POLL));
      }
    } catch (error) {
      // its next start, by whomever, must not bring a weight that nobody has seen running
      await this.#write(before);
      throw error;
    }
  }

  async #write(split: Said): Promise<void> {
    const { file } = this.#at;
    const part = `${file}.${process.pid}.part`;
    try {
      await writeFile(part, splitFile({ ...split, ...this.slots }), { mode: 0o644 });
      await rename(part, file);
    } catch (error) {
      throw new UserError(
        `The split cannot be written to ${file}: ${messageOf(error)}. Make ${dirname(file)} writable for this user.`,
      );
    }
  }

  async #reload(): Promise<void> {
    const pid = await this.#pid();
    // the number of an NGINX that is gone may be another process's by now, which this signal would end; only Linux tells
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (title !== '' && !/master process/.test(title))
      throw new UserError(
        `Process ${pid} of ${this.#at.pidFile} is no NGINX (${quote(title.replaceAll('\0', ' ').trim(), 60)}), so it was not told to reload. Give the pid file of the NGINX that runs, as &reload=<path>.`,
      );
    try {
      process.kill(pid, 'SIGHUP');
    } catch (error) {
      throw new UserError(
        `NGINX (process ${pid} of ${this.#at.pidFile}) cannot be told to reload: ${messageOf(error)}. It must run on this machine, and this user must be root or the one that started it.`,
      );
    }
  }

  async #pid(): Promise<number> {
    const { pidFile } = this.#at;
    let text: string;
    try {
      text = (await readFile(pidFile, 'utf8')).trim();
    } catch (error) {
      throw new UserError(
        `NGINX's pid file ${pidFile} cannot be read: ${messageOf(error)}. Is NGINX running on this machine? Another path is given as &reload=<path>.`,
      );
    }
    if (!/^[1-9]\d{0,9}$/.test(text))
      throw new UserError(`${pidFile} holds ${quote(text)} and no process number.`);
    return Number(text);
  }

  async #said(signal: AbortSignal | undefined): Promise<Said> {
    return await askStatus(this.#at.status, this.#timeout, signal);
  }
}

/** Opens NGINX and reads its split. @throws UserError, SystemError */
export async function openNginx(options: RouterOptions): Promise<Router> {
  const at = parseNginxTarget(options.target);
  const slots = { stable: options.stable ?? 'stable', canary: options.canary ?? 'canary' };
  for (const [slot, name] of Object.entries(slots))
    if (!/^[A-Za-z0-9_.:[\]-]{1,128}$/.test(name))
      throw new UserError(`${slot} ${quote(name)} is neither the name of an upstream group nor host:port.`);
  if (slots.stable === slots.canary)
    throw new UserError(`stable and canary are both ${slots.stable}; two are needed.`);
  const router = new NginxRouter(options.target, at, options.timeout ?? 5000, slots);
  await router.weight(options.signal);
  return router;
}

async function askStatus(status: string, timeout: number, signal: AbortSignal | undefined): Promise<Said> {
  const limit = AbortSignal.timeout(timeout);
  let text: string;
  try {
    // a kept connection would be answered by a worker that is on its way out
    const response = await fetch(status, {
      headers: { connection: 'close' },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw new SystemError(
      `NGINX does not answer on ${status}: ${limit.aborted ? `nothing within ${timeout} ms` : messageOf(error)}.`,
    );
  }
  const said = saidSplit(text);
  if (!said)
    throw new UserError(
      `${status} answers ${quote(text, 40)} and not with a weight and a salt. It must return $sluice_split, as packages/traffic/README.md shows.`,
    );
  return said;
}
