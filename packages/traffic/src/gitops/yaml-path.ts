import { quote, UserError } from '@sluice/contract';

/** A key of a map, an index of a list, or the item of a list whose `key` has this value. */
export type Step =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly key: string; readonly is: string };
export type YamlPath = readonly Step[];

const PLAIN = /^[^\s.[\]"'=]+/;
const QUOTED = /^"((?:[^"\\]|\\.)*)"/;
const LIST = /^\[(?:(\d{1,6})|([^\s.[\]"'=]+)=(?:"((?:[^"\\]|\\.)*)"|([^\]"]+)))\]/;

/**
 * Parses `spec.rules[0].backendRefs[name=chat-canary].weight`. A key with dots or spaces stands in double quotes:
 * `metadata.annotations."example.com/weight"`.
 * @throws UserError for anything else
 */
export function parseYamlPath(text: string): YamlPath {
  const wrong = (at: number): UserError =>
    new UserError(
      `the YAML path ${quote(text)} cannot be read at ${quote(text.slice(at))}: keys between dots, [0] or [name=value] for lists, "…" around a key with dots`,
    );
  const steps: Step[] = [];
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const list = LIST.exec(rest);
    if (list) {
      const [whole, index, key, quoted, plain] = list;
      steps.push(
        index === undefined
          ? {
              key: key as string,
              is: quoted === undefined ? (plain as string) : unquote(quoted, () => wrong(at)),
            }
          : { index: Number(index) },
      );
      at += whole.length;
      continue;
    }
    const dot = steps.length > 0 ? 1 : 0;
    if (dot === 1 && rest[0] !== '.') throw wrong(at);
    const key = QUOTED.exec(rest.slice(dot)) ?? PLAIN.exec(rest.slice(dot));
    if (!key) throw wrong(at);
    steps.push({ key: key[1] === undefined ? key[0] : unquote(key[1], () => wrong(at)) });
    at += dot + key[0].length;
  }
  if (steps.length === 0) throw wrong(0);
  return steps;
}

/** The path as text; inverse of {@link parseYamlPath}. */
export function formatYamlPath(path: YamlPath): string {
  return path
    .map((step, i) => {
      if ('index' in step) return `[${step.index}]`;
      if ('is' in step)
        return `[${step.key}=${/^[^\]"\s]+$/.test(step.is) ? step.is : JSON.stringify(step.is)}]`;
      const key = PLAIN.exec(step.key)?.[0] === step.key ? step.key : JSON.stringify(step.key);
      return i === 0 ? key : `.${key}`;
    })
    .join('');
}

function unquote(inner: string, wrong: () => UserError): string {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    throw wrong();
  }
}
