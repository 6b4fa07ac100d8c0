import { readdir, readFile } from 'node:fs/promises';

/**
 * Resident bytes of a process group, from Linux's `/proc`: the sum of each process's share (`Pss`, where shared pages
 * are counted once). Undefined on other systems. Memory of a GPU is not in it.
 */
export async function groupMemory(group: number): Promise<number | undefined> {
  const entries = await readdir('/proc').catch(() => []);
  const sizes = await Promise.all(
    entries.filter((name) => /^\d+$/.test(name)).map((pid) => shareOf(pid, group)),
  );
  const total = sizes.reduce((sum: number, size) => sum + (size ?? 0), 0);
  return total > 0 ? total : undefined;
}

async function shareOf(pid: string, group: number): Promise<number | undefined> {
  try {
    // the name, in parentheses, may hold blanks; after it come state, parent, group
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) return undefined;
    const share = /^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return share ? Number(share[1]) * 1024 : undefined;
  } catch {
    // it ended meanwhile
    return undefined;
  }
}
