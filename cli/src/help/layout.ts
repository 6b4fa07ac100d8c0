/** Breaks a text into lines of at most `width` characters; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** Names to the left, texts to the right, aligned; a name that is too long gets a line of its own. */
export function columns(rows: readonly (readonly [name: string, text: string])[], width: number): string[] {
  const left = Math.min(28, Math.max(0, ...rows.map(([name]) => name.length))) + 4;
  return rows.flatMap(([name, text]) => {
    const lines = wrap(text, Math.max(30, width - left));
    const first = `  ${name}`;
    const alone = first.length + 2 > left;
    const [head = '', ...rest] = lines;
    return [
      ...(alone ? [first, `${' '.repeat(left)}${head}`] : [`${first.padEnd(left)}${head}`]),
      ...rest.map((line) => `${' '.repeat(left)}${line}`),
    ].map((line) => line.trimEnd());
  });
}
