/** The most that a comment may hold; GitHub refuses more than 65,536 characters. */
export const commentBudget = 60_000;

/** The line by which a comment is found again; nobody sees it. */
export function commentMarker(action: string, key: string): string {
  return `<!-- sluice ${action} ${key.replace(/[^A-Za-z0-9_./:@ -]/g, '-').replaceAll('--', '-')} -->`;
}
