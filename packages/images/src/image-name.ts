import { quote, UserError } from '@sluice/contract';

/** An image without tag or digest, as a registry knows it. */
export interface ImageName {
  /** `host[:port]`. */
  readonly registry: string;
  /** `path/name` in the registry. */
  readonly repository: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(
  `^((?:localhost|[a-z0-9-]+(?:\\.[a-z0-9-]+)+)(?::\\d{1,5})?|[a-z0-9-]+:\\d{1,5})/(${COMPONENT}(?:/${COMPONENT})*)$`,
);

/**
 * Reads `registry/name`. The registry is always written out: a bare name would mean another place on every machine.
 * Grammar: distribution/reference. `what` is how the user calls it.
 */
export function parseImageName(text: string, what = 'image'): ImageName {
  const match = NAME.exec(text);
  if (!match) {
    const tag = /:[\w.-]+$/.test(text.slice(text.lastIndexOf('/')));
    throw new UserError(
      `${what} ${quote(text)} is not registry/name${tag ? leaveOut(what) : ''}; ` +
        'allowed: the registry with its port, a slash and the name in lower case (registry.example.com/team/qwen)',
    );
  }
  return { registry: match[1] as string, repository: match[2] as string };
}

const leaveOut = (what: string): string =>
  `: leave out the tag${what === 'image' ? ', it goes into `tags`' : ''}`;

/** A tag as registries allow it. */
export function checkTag(tag: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) {
    throw new UserError(
      `tag ${quote(tag)} is not allowed: up to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'`,
    );
  }
  return tag;
}
