import { isDeepStrictEqual } from 'node:util';
import { nearest, type Percent, quote, SystemError, UserError } from '@sluice/contract';
import { basisPoints, checkNotSplit, checkSalt } from '../limits.ts';
import type { Capabilities, Router, RouterOptions, Segments, Server, Slot } from '../router.ts';
import { plainSegments } from '../segments.ts';
import { infoIn, proxiesIn, serversIn, variableIn } from './replies.ts';
import { writeRestartFile } from './restart-file.ts';
import { segmentCommands, segmentsIn } from './segments.ts';
import { addressText, exchange } from './socket.ts';
import { type HaproxyTarget, parseHaproxyTarget } from './target.ts';

export const can: Capabilities = {
  weights: true,
  sticky: true,
  segments: true,
  state: false,
  mirror: false,
  salt: true,
  precision: 0.01,
};

type Backends = ReadonlyMap<string, readonly Server[]>;

/**
 * HAProxy over its admin socket: the share is a process variable in basis points, which the configuration compares with
 * a hash of the user (see `haproxyConfig`). Nothing is reloaded, so no connection notices a change.
 */
class HaproxyRouter implements Router {
  readonly kind = 'haproxy';
  readonly target: string;
  readonly can = can;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly frontend?: string;
  readonly #at: HaproxyTarget;
  readonly #timeout: number;

  constructor(target: string, at: HaproxyTarget, timeout: number, slots: Readonly<Record<Slot, string>>) {
    this.target = target;
    if (at.frontend !== undefined) this.frontend = at.frontend;
    this.#at = at;
    this.#timeout = timeout;
    this.slots = slots;
  }

  async identity(signal?: AbortSignal): Promise<string> {
    const info = infoIn(await this.#ask(['show info'], signal));
    if (!info.Pid || !info.Start_time_sec)
      throw new SystemError(
        `HAProxy ${info.Version ?? ''} does not say its process and start time in 'show info'.`,
      );
    // in a container every process is number 1: only the start tells them apart
    return `haproxy:${info.Pid}@${info.Start_time_sec}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    return this.#percentIn(await this.#ask([`get var ${this.#at.variable}`], signal));
  }

  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const points = basisPoints(percent);
    const { variable } = this.#at;
    // `set var` would make a variable that no rule reads
    await this.weight(signal);
    const reply = await this.#ask(
      ['experimental-mode on', `set var ${variable} int(${points})`, `get var ${variable}`],
      signal,
    );
    const now = this.#percentIn(reply);
    if (now !== points / 100)
      throw new SystemError(
        `HAProxy was told to send ${points / 100} % of the users to the canary and says ${now} %. ${firstLine(reply)}`,
      );
  }

  async salt(signal?: AbortSignal): Promise<string> {
    return this.#saltIn(await this.#ask([`get var ${this.#at.salt}`], signal));
  }

  async setSalt(salt: string, signal?: AbortSignal): Promise<void> {
    checkSalt(salt);
    const { salt: name } = this.#at;
    const now = this.#saltIn(await this.#ask([`get var ${name}`], signal));
    if (now === salt) return;
    checkNotSplit(await this.weight(signal), now, salt);
    const reply = await this.#ask(
      ['experimental-mode on', `set var ${name} str(${salt})`, `get var ${name}`],
      signal,
    );
    if (this.#saltIn(reply) !== salt)
      throw new SystemError(`HAProxy did not take the salt. ${firstLine(reply)}`);
  }

  async segments(signal?: AbortSignal): Promise<Segments> {
    const { map } = this.#at;
    return map === undefined ? {} : segmentsIn(await this.#ask([`show map ${map}`], signal));
  }

  async setSegments(segments: Segments, outside: Slot, signal?: AbortSignal): Promise<void> {
    const { map, variable } = this.#at;
    const wanted = plainSegments(segments);
    const count = Object.keys(wanted).length;
    if (map === undefined) {
      if (count === 0) return;
      throw new UserError(
        `target ${quote(this.target)} names no map=, so HAProxy cannot be told segments. Add &map=<path of the map in its configuration>, as packages/traffic/README.md shows.`,
      );
    }
    // one command a connection holds a few thousand characters at most
    for (const command of segmentCommands(map, wanted)) await this.#ask([command], signal);
    const reply = await this.#ask(
      [
        'experimental-mode on',
        `set var ${variable}_outside int(${outside === 'canary' ? -1 : 0})`,
        `set var ${variable}_segments int(${count})`,
        `get var ${variable}_segments`,
      ],
      signal,
    );
    const now = await this.segments(signal);
    if (variableIn(reply, `${variable}_segments`) !== String(count) || !isDeepStrictEqual(now, wanted))
      throw new SystemError(
        `HAProxy did not take the segments. Does its configuration read ${map}, and set ${variable}_segments? ${firstLine(reply)}`,
      );
  }

  async servers(signal?: AbortSignal): Promise<Readonly<Record<Slot, readonly Server[]>>> {
    const all = serversIn(await this.#ask(['show servers state'], signal));
    return { stable: all.get(this.slots.stable) ?? [], canary: all.get(this.slots.canary) ?? [] };
  }

  async point(slot: Slot, address: string, signal?: AbortSignal): Promise<void> {
    const { host, port } = hostAndPort(address);
    const backend = this.slots[slot];
    const servers = (await this.servers(signal))[slot];
    const only = servers[0];
    if (!only || servers.length > 1)
      throw new UserError(
        `Backend ${backend} has ${servers.length} servers; only a backend with exactly one can be pointed at another address.`,
      );
    const reply = await this.#ask(
      [`set server ${backend}/${only.name} addr ${host} port ${port}`, 'show servers state'],
      signal,
    );
    const now = serversIn(reply).get(backend)?.[0]?.address;
    if (now !== address.replace(/^https?:\/\//, '').replace(/\/.*$/, ''))
      throw new SystemError(
        `HAProxy still has ${now ?? 'nothing'} in backend ${backend}. ${firstLine(reply)}`,
      );
  }

  async setRestartWeight(percent: 0 | 100, signal?: AbortSignal): Promise<void> {
    if (this.#at.file === undefined)
      throw new UserError(
        `target ${quote(this.target)} names no file=, so a weight of ${percent} % cannot outlive a restart of HAProxy. Add &file=/etc/haproxy/sluice.cfg and start HAProxy with a second -f for it.`,
      );
    await writeRestartFile(
      this.#at.file,
      this.#at.variable,
      percent * 100,
      this.#at.salt,
      await this.salt(signal),
    );
  }

  async #ask(commands: readonly string[], signal: AbortSignal | undefined): Promise<string> {
    return await ask(this.#at, commands, this.#timeout, signal);
  }

  #percentIn(reply: string): Percent {
    const { variable } = this.#at;
    const value = variableIn(reply, variable);
    if (value === undefined) throw noVariable(this.target, variable, 'int(0)');
    if (!/^-?\d+$/.test(value))
      throw new SystemError(
        `HAProxy's ${variable} is ${quote(value)}, not a share of 0 to 10000 basis points.`,
      );
    // beyond its ends, users are split as at them: a value that somebody mistyped must not keep a rollback from it
    return Math.max(0, Math.min(10_000, Number(value))) / 100;
  }

  #saltIn(reply: string): string {
    const value = variableIn(reply, this.#at.salt);
    if (value === undefined) throw noVariable(this.target, this.#at.salt, 'str(none)');
    return value;
  }
}

/**
 * Connects to HAProxy and checks what the target names: version, frontend, both backends, the variable.
 * @throws UserError, SystemError
 */
export async function openHaproxy(options: RouterOptions): Promise<Router> {
  const at = parseHaproxyTarget(options.target);
  const timeout = options.timeout ?? 5000;
  const one = (command: string): Promise<string> => ask(at, [command], timeout, options.signal);
  const info = infoIn(await one('show info'));
  if (info.Name !== 'HAProxy')
    throw new UserError(
      `${addressText(at.address)} does not answer as HAProxy does; 'show info' gave no name.`,
    );
  const { frontends, backends } = proxiesIn(await one('show stat -1 3 -1'));
  if (at.frontend !== undefined && !frontends.includes(at.frontend))
    throw new UserError(
      `target ${quote(options.target)}: HAProxy has no frontend ${quote(at.frontend)}.${meant(at.frontend, frontends)} It has: ${frontends.join(', ') || 'none'}.`,
    );
  const servers = serversIn(await one('show servers state'));
  const slots = {
    stable: backendOf(options.stable ?? 'stable', 'stable', backends, servers),
    canary: backendOf(options.canary ?? 'canary', 'canary', backends, servers),
  };
  if (slots.stable === slots.canary)
    throw new UserError(`stable and canary are both backend ${slots.stable}; two are needed.`);
  const router = new HaproxyRouter(options.target, at, timeout, slots);
  await router.weight(options.signal);
  return router;
}

/** The backend that a slot's name, address or URL means. */
export function backendOf(given: string, slot: Slot, backends: readonly string[], servers: Backends): string {
  if (backends.includes(given)) return given;
  const address = given.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  const holding = [...servers].filter(([, list]) => list.some((server) => server.address === address));
  if (holding.length === 1) return (holding[0] as [string, unknown])[0];
  const listed = backends.map((name) => {
    const addresses = servers.get(name)?.map((server) => server.address) ?? [];
    return `${name} (${addresses.join(', ') || 'no server'})`;
  });
  throw new UserError(
    `${slot} ${quote(given)} is ${holding.length > 1 ? 'in several backends' : 'neither a backend of this HAProxy nor the address of a server in one'}.${meant(given, backends)} It has: ${listed.join('; ') || 'none'}.`,
  );
}

async function ask(
  at: HaproxyTarget,
  commands: readonly string[],
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const reply = await exchange(at.address, commands, { timeout, signal });
  if (/^Permission denied/m.test(reply))
    throw new UserError(
      `HAProxy's socket ${addressText(at.address)} refuses '${commands[0]}': it is not of level admin. Write 'level admin' behind its 'stats socket' line.`,
    );
  if (/^Unknown command/m.test(reply))
    throw new UserError(
      `This HAProxy does not know '${commands.join('; ')}'. Version 2.5 or newer is needed.`,
    );
  return reply;
}

function hostAndPort(address: string): { host: string; port: number } {
  const match = /^(?:https?:\/\/)?(?:\[([0-9A-Fa-f:]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})(?:\/.*)?$/.exec(
    address,
  );
  if (!match) throw new UserError(`${quote(address)} is no IP address and port, such as 127.0.0.1:8000.`);
  return { host: (match[1] ?? match[2]) as string, port: Number(match[3]) };
}

function noVariable(target: string, name: string, value: string): UserError {
  return new UserError(
    `target ${quote(target)}: HAProxy's configuration has no variable ${name}. Add 'set-var ${name} ${value}' to its global section and compare users with it in the frontend, as packages/traffic/README.md shows.`,
  );
}

function meant(given: string, names: readonly string[]): string {
  const near = nearest(given, names);
  return near ? ` Did you mean ${near}?` : '';
}

function firstLine(reply: string): string {
  const line = reply.split('\n').find((text) => text.trim() !== '');
  return line ? `It said: ${quote(line)}` : '';
}
