import { nearest, quote, UserError } from '@sluice/contract';

/** Where HAProxy's admin socket lies. */
export type SocketAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** What a HAProxy target names. */
export interface HaproxyTarget {
  readonly address: SocketAddress;
  /** Frontend that users come to; undefined: not checked. */
  readonly frontend: string | undefined;
  /** Process variable with the share in basis points, e.g. `proc.canary`. */
  readonly variable: string;
  /** Process variable with the salt, e.g. `proc.canary_salt`. */
  readonly salt: string;
  /** Configuration file of the driver's own, which keeps the weight over a restart. */
  readonly file: string | undefined;
  /** The map of segments that the configuration reads. */
  readonly map: string | undefined;
}

const FORM =
  'unix:/path/of/admin.sock or tcp:host:port, then ?frontend=<name>&var=<name>&file=<path>&map=<path> as needed';
const KEYS = ['frontend', 'var', 'file', 'map'] as const;
/** Longest path of a Unix socket on Linux, in bytes (sun_path without its end). */
const SUN_PATH = 107;

/**
 * Parses `unix:/path` or `tcp:host:port`, with `?frontend=…&var=…&file=…`.
 * @throws UserError for anything else
 */
export function parseHaproxyTarget(target: string): HaproxyTarget {
  const wrong = (what: string): UserError =>
    new UserError(`target ${quote(target)} ${what}. Allowed: ${FORM}.`);
  const at = target.indexOf('?');
  const place = at < 0 ? target : target.slice(0, at);
  const query = parseQuery(at < 0 ? '' : target.slice(at + 1), wrong);
  const variable = (query.var ?? 'canary').replace(/^proc\./, '');
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(variable))
    throw wrong(`has var=${quote(query.var ?? '')}: a variable is named by letters, digits and _`);
  if (query.frontend !== undefined && !/^[A-Za-z0-9_.:-]{1,128}$/.test(query.frontend))
    throw wrong(`has frontend=${quote(query.frontend)}, which is no name of a frontend`);
  for (const [key, path] of [
    ['file', query.file],
    ['map', query.map],
  ] as const)
    if (path !== undefined && !/^\/[^\s;]*$/.test(path))
      throw wrong(`has ${key}=${quote(path)}: an absolute path is needed`);
  return {
    address: parseAddress(place, wrong),
    frontend: query.frontend,
    variable: `proc.${variable}`,
    salt: `proc.${variable}_salt`,
    file: query.file,
    map: query.map,
  };
}

function parseAddress(place: string, wrong: (what: string) => UserError): SocketAddress {
  if (place.startsWith('unix:')) {
    const path = place.slice('unix:'.length);
    if (!path.startsWith('/') || path.includes('\0')) throw wrong('has no absolute path after unix:');
    if (Buffer.byteLength(path) > SUN_PATH)
      throw wrong(`has a path longer than ${SUN_PATH} bytes, more than a Unix socket may have`);
    return { path };
  }
  if (place.startsWith('tcp:')) {
    const match = /^tcp:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+)):(\d{1,5})$/.exec(place);
    const port = Number(match?.[3]);
    if (!match || port < 1 || port > 65535) throw wrong('has no host:port after tcp:');
    return { host: (match[1] ?? match[2]) as string, port };
  }
  throw wrong(place === '' ? 'is empty' : 'begins with neither unix: nor tcp:');
}

type Query = { [key in (typeof KEYS)[number]]?: string };

function parseQuery(text: string, wrong: (what: string) => UserError): Query {
  const query: Query = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const known = KEYS.find((k) => k === key);
    if (!known) {
      const near = nearest(key, KEYS);
      throw wrong(`has the unknown part ${quote(key)}${near ? `; did you mean ${near}?` : ''}`);
    }
    if (query[known] !== undefined) throw wrong(`has ${key} twice`);
    if (value === '') throw wrong(`has an empty ${key}`);
    query[known] = value;
  }
  return query;
}
