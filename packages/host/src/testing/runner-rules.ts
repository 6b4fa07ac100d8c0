/**
 * Reads a command file by the runner's own rules (actions/runner, `EnvFileKeyValuePairs` and `ReadLine` on Linux: a line
 * ends with LF only). Throws where the runner fails the step.
 */
export function readCommandFile(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let index = 0;
  const readLine = (): { line: string; newline: string } | undefined => {
    if (index >= text.length) return undefined;
    const start = index;
    const lf = text.indexOf('\n', index);
    index = lf < 0 ? text.length : lf + 1;
    return lf < 0 ? { line: text.slice(start), newline: '' } : { line: text.slice(start, lf), newline: '\n' };
  };
  for (let read = readLine(); read; read = readLine()) {
    const { line } = read;
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const name = line.slice(0, heredoc);
      const marker = line.slice(heredoc + 2);
      if (!name || !marker) throw new Error(`Invalid format '${line}'`);
      const start = index;
      let end = index;
      let inner = readLine();
      while (inner?.line !== marker) {
        if (!inner) throw new Error(`Matching delimiter not found '${marker}'`);
        end = index - inner.newline.length;
        inner = readLine();
      }
      values.set(name, end > start ? text.slice(start, end) : '');
    } else if (equals >= 0) {
      if (equals === 0) throw new Error(`Invalid format '${line}'`);
      values.set(line.slice(0, equals), line.slice(equals + 1));
    } else throw new Error(`Invalid format '${line}'`);
  }
  return values;
}

/** A workflow command as the runner understands it. */
export interface ReadCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const unescapeData = (text: string) =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
const unescapeProperty = (text: string) => unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));

/** Reads one line as the runner does (`ActionCommand.TryParseV2`, then the older `##[name]`). */
export function readCommand(line: string): ReadCommand | undefined {
  const trimmed = line.trimStart();
  if (trimmed.startsWith('::')) {
    const end = trimmed.indexOf('::', 2);
    if (end < 0) return undefined;
    const info = trimmed.slice(2, end);
    const blank = info.indexOf(' ');
    const name = blank < 0 ? info : info.slice(0, blank);
    const list = blank < 0 ? '' : info.slice(blank + 1);
    const properties = Object.fromEntries(
      list
        .split(',')
        .map((part) => part.split('='))
        .filter((pair): pair is [string, string] => pair.length === 2)
        .map(([key, value]) => [key.trim(), unescapeProperty(value)]),
    );
    return { name, properties, data: unescapeData(trimmed.slice(end + 2)) };
  }
  const old = /##\[([^\]\s]+)[^\]]*\](.*)$/.exec(line);
  return old ? { name: old[1] as string, properties: {}, data: old[2] ?? '' } : undefined;
}

/** Reads a whole log: the commands that the runner obeys, in order, with `stop-commands` honoured. */
export function obeyedCommands(log: string): ReadCommand[] {
  const obeyed: ReadCommand[] = [];
  let resume: string | undefined;
  for (const line of log.split(/\r\n|\r|\n/)) {
    const command = readCommand(line);
    if (!command) continue;
    if (resume !== undefined) {
      if (command.name === resume) resume = undefined;
    } else if (command.name === 'stop-commands') resume = command.data;
    else obeyed.push(command);
  }
  return obeyed;
}
