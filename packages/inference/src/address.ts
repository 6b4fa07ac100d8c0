/**
 * The base of an OpenAI-compatible API, without a slash at its end. An address without a version in its path gets `/v1`;
 * one that was copied with `/chat/completions` or `/models` loses that.
 */
export function apiBase(endpoint: string): string {
  const url = new URL(endpoint);
  let path = url.pathname.replace(/\/+$/, '').replace(/\/(chat\/completions|completions|models)$/, '');
  if (!/\/v\d/.test(path)) path += '/v1';
  return `${url.origin}${path}`;
}
