import type { Env } from '../detect.ts';

/** Which server stands behind GitHub's protocol. */
export type Flavour = 'github.com' | 'ghes' | 'gitea' | 'forgejo' | 'act';

/** Servers differ in what they offer beside outputs and summaries: the artifact service is found on github.com only. */
export function flavourOf(env: Env): Flavour {
  if (env.ACT === 'true') return 'act';
  if (env.FORGEJO_ACTIONS === 'true') return 'forgejo';
  if (env.GITEA_ACTIONS === 'true') return 'gitea';
  let host = '';
  try {
    host = new URL(env.GITHUB_SERVER_URL ?? '').hostname.toLowerCase();
  } catch {
    // without an address nothing is known to be there
  }
  return host === 'github.com' || host.endsWith('.ghe.com') ? 'github.com' : 'ghes';
}
