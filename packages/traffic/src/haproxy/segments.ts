import { quote, UserError } from '@sluice/contract';
import type { Segments } from '../router.ts';
import { HEADER } from '../segments.ts';

/** The commands that replace what the map holds. Each entry is `header=value`. */
export function segmentCommands(map: string, segments: Segments): string[] {
  const entries = Object.entries(segments).flatMap(([header, values]) =>
    values.map((value) => `add map ${map} ${header}=${value} 1`),
  );
  return [`clear map ${map}`, ...entries];
}

/** The lines `0x… header=value 1` of `show map`. */
export function segmentsIn(reply: string): Segments {
  const found: Record<string, string[]> = {};
  for (const line of reply.split('\n')) {
    const [, header, value] = /^0x[0-9a-f]+ ([a-z][a-z0-9-]*)=(\S+) /.exec(line) ?? [];
    if (header === undefined || value === undefined) continue;
    const values = found[header] ?? [];
    values.push(value);
    found[header] = values;
  }
  for (const values of Object.values(found)) values.sort();
  return found;
}

/** Rules of the reference configuration: a user who is in none of the segments stays where everybody was. */
export function segmentRules(
  variable: string,
  { map, headers }: { readonly map: string; readonly headers: readonly string[] },
): string {
  const rules = headers.map((name) => {
    const header = name.toLowerCase();
    if (!HEADER.test(header))
      throw new UserError(`${quote(name)} is no header that segments can be told by.`);
    return [
      `  http-request set-var(txn.value) req.hdr(${header}),lower if { req.hdr(${header}) -m found }`,
      `  http-request set-var(txn.entry) str(${header}=),concat(,txn.value) if { var(txn.value) -m found }`,
      `  http-request set-var(txn.within) var(txn.within),add(1) if { var(txn.entry),map_str(${map}) -m found }`,
      '  http-request unset-var(txn.value)',
      '  http-request unset-var(txn.entry)',
    ].join('\n');
  });
  return [
    '  # how many of the headers that a segment asks for say that the user is in it',
    '  http-request set-var(txn.within) int(0)',
    ...rules,
    `  http-request set-var(txn.missing) var(proc.${variable}_segments),sub(txn.within)`,
    `  http-request set-var(txn.above) var(proc.${variable}_outside) if { var(txn.missing) -m int gt 0 }`,
  ].join('\n');
}
