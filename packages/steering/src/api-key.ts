import { UserError } from '@sluice/contract';

/** How a key is given, as the shared inputs `apiKey` of the contract have it. */
export interface KeyInputs {
  readonly 'api-key'?: string | undefined;
  readonly 'api-key-env'?: string | undefined;
}

/** The key of the servers behind the router, hidden from the log. @throws UserError where it is given twice, or its variable is not set */
export function apiKeyOf(
  inputs: KeyInputs,
  host: {
    readonly env: Readonly<Record<string, string | undefined>>;
    mask(secret: string): void;
  },
): string | undefined {
  const { 'api-key': given, 'api-key-env': name } = inputs;
  if (given !== undefined && name !== undefined)
    throw new UserError('both `api-key` and `api-key-env` are given; give one of them');
  const key = name === undefined ? given : host.env[name];
  if (name !== undefined && !key)
    throw new UserError(
      `api-key-env: the variable ${name} is ${key === undefined ? 'not set' : 'empty'} in this job; set it, or leave the input out for servers without a key`,
    );
  if (key) host.mask(key);
  return key;
}
