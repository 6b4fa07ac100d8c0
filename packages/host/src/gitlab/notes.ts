import type { GitLabApi, Json } from './api.ts';

/** Pages of notes that are searched for ours. */
const mostPages = 20;

/** Updates the note of a merge request that begins with `marker`, or makes it. */
export async function writeNote(
  api: GitLabApi,
  mergeRequest: string,
  marker: string,
  markdown: string,
): Promise<void> {
  const notes = `/merge_requests/${encodeURIComponent(mergeRequest)}/notes`;
  const body = `${marker}\n${markdown}`;
  for await (const note of api.list(notes, mostPages)) {
    if (begins(note, marker)) return void (await api.ask('PUT', `${notes}/${String(note.id)}`, { body }));
  }
  await api.ask('POST', notes, { body });
}

/**
 * The same on the merge request that brought a commit, else on the commit. A commit's comment cannot be changed; a note of its
 * discussions can.
 */
export async function writeNoteOnCommit(
  api: GitLabApi,
  sha: string,
  marker: string,
  markdown: string,
): Promise<void> {
  const commit = `/repository/commits/${encodeURIComponent(sha)}`;
  for await (const { iid, state } of api.list(`${commit}/merge_requests`, 1))
    if (state === 'merged' || state === 'opened') return writeNote(api, String(iid), marker, markdown);
  const discussions = `${commit}/discussions`;
  const body = `${marker}\n${markdown}`;
  for await (const { id, notes } of api.list(discussions, mostPages)) {
    const own = (Array.isArray(notes) ? (notes as Json[]) : []).find((note) => begins(note, marker));
    if (!own) continue;
    await api.ask('PUT', `${discussions}/${String(id)}/notes/${String(own.id)}`, { body });
    return;
  }
  await api.ask('POST', discussions, { body });
}

const begins = (note: Json, marker: string) => String(note.body ?? '').startsWith(marker);
