import { createHash } from 'node:crypto';
import { run } from '../run.ts';

/** What an interpreter can import, one `name==version` a package, names normalised (PEP 503), sorted. */
const listing = `import importlib.metadata as m, json, re
found = set()
for d in m.distributions():
    name = d.metadata["Name"]
    if not name:
        continue
    line = re.sub(r"[-_.]+", "-", name).lower() + "==" + d.version
    origin = json.loads(d.read_text("direct_url.json") or "{}")
    if origin.get("url"):
        line += " @ " + origin["url"]
        commit = origin.get("vcs_info", {}).get("commit_id")
        line += "#" + commit if commit else ""
    found.add(line)
print(json.dumps(sorted(found)))`;

/** Prints `true` when every requirement given as an argument holds; pip brings its own copy of \`packaging\`. */
const satisfaction = `import importlib.metadata as m, json, sys
try:
    from packaging.requirements import Requirement
except ImportError:
    from pip._vendor.packaging.requirements import Requirement
def holds(line):
    r = Requirement(line)
    if r.marker and not r.marker.evaluate({"extra": ""}):
        return True
    try:
        return r.url is None and r.specifier.contains(m.version(r.name), prereleases=True)
    except m.PackageNotFoundError:
        return False
print(json.dumps(all(holds(line) for line in sys.argv[1:])))`;

export interface Installed {
  readonly locked: string[];
  /** SHA-256 over the locked lines, each ended by a line feed. */
  readonly digest: string;
}

/** The packages of an interpreter's environment. */
export async function installedPackages(python: string, env: NodeJS.ProcessEnv): Promise<Installed> {
  const told = await run([python, '-c', listing], { env, timeoutMs: 120_000 });
  if (told.code !== 0) throw new Error(`${python} could not list its packages:\n${told.tail.join('\n')}`);
  const locked = JSON.parse(told.stdout) as string[];
  const text = locked.map((line) => `${line}\n`).join('');
  return { locked, digest: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}

/** Whether an interpreter has all that `lines` (PEP 508) ask for; false also for what only an installer can tell. */
export async function satisfies(
  python: string,
  lines: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const told = await run([python, '-c', satisfaction, ...lines], { env, timeoutMs: 120_000 });
  return told.code === 0 && told.stdout.trim() === 'true';
}
