/** Escapes the text of a workflow command, as the runner unescapes it (ActionCommand.cs). */
export const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** Escapes a property of a workflow command. */
export const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** One workflow command: `::name key=value,…::text`. Properties that are not given are left out. */
export function command(
  name: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  text: string,
): string {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined && value !== '');
  const list = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
  return `::${name}${list ? ` ${list}` : ''}::${escapeData(text)}`;
}

/** Whether the runner could take a line of the text for a command: `::x::` at the start, or the older `##[x]` anywhere. */
const couldCommand = (text: string): boolean =>
  text.split(/\r\n|\r|\n/).some((line) => line.trimStart().startsWith('::') || line.includes('##['));

/**
 * Text that a program or a user wrote, printed so that no line of it is obeyed. Where one could be, the runner is told
 * to stop listening until a word that nobody can guess.
 */
export function harmless(text: string, word: () => string): string {
  if (!couldCommand(text)) return text;
  const resume = word();
  return `::stop-commands::${resume}\n${text}\n::${resume}::`;
}
