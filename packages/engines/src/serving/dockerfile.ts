import { UserError } from '@sluice/contract';

export interface DockerfileOptions {
  /** Default of the build argument `BASE_IMAGE`. */
  readonly baseImage: string;
  /** Folders of the build context and where they lie in the image. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** The program and its arguments; what `docker run` adds comes after. */
  readonly entrypoint: readonly string[];
}

/**
 * A Dockerfile without a shell: every list is in the exec form (JSON), so no value is ever read as a command.
 * The base image is a build argument, so that the same file builds against a private registry.
 * @throws UserError for an image name or path that could break out of its line.
 */
export function dockerfile(options: DockerfileOptions): string {
  const lines = [
    `ARG BASE_IMAGE=${checkImage(options.baseImage)}`,
    '# hadolint ignore=DL3006',
    'FROM $BASE_IMAGE',
    ...options.copies.map(({ from, to }) => `COPY ${JSON.stringify([checkPath(from), checkPath(to)])}`),
    ...Object.entries(options.env).map(([name, value]) => `ENV ${checkName(name)}=${checkValue(value)}`),
    `EXPOSE ${options.port}`,
    `ENTRYPOINT ${JSON.stringify(options.entrypoint.map(oneLine))}`,
    'CMD []',
  ];
  return `${lines.join('\n')}\n`;
}

/** An image reference: registry, name, tag, digest; nothing that a Dockerfile would expand or cut. */
function checkImage(image: string): string {
  if (!/^[a-z0-9][A-Za-z0-9._:/@-]*$/.test(image))
    throw new UserError(
      `base-image '${image}' is no image reference: registry/name, with :tag or @sha256:<digest>.`,
    );
  return image;
}

function checkPath(path: string): string {
  if (!/^[A-Za-z0-9/][A-Za-z0-9._/-]*$/.test(path) || path.split('/').includes('..'))
    throw new UserError(
      `'${path}' cannot be a path in an image: letters, digits, '.', '_', '-' and '/' only.`,
    );
  return path;
}

function checkName(name: string): string {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name))
    throw new UserError(`'${name}' cannot be the name of a variable in an image.`);
  return name;
}

function checkValue(value: string): string {
  if (!/^[A-Za-z0-9._:/-]*$/.test(value))
    throw new UserError(`'${value}' cannot be the value of a variable in an image.`);
  return value;
}

function oneLine(argument: string): string {
  if (/\p{Cc}/u.test(argument)) throw new UserError('An argument of the server holds a control character.');
  return argument;
}
