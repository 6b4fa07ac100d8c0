/** What a release does, as values: versions and tags in, commits and tags out. Nothing here reads or writes anything. */

export interface ActionVersion {
  readonly name: string;
  readonly version: string;
}

export interface Release {
  readonly action: string;
  readonly version: string;
  /** Annotated, never moved: `eval-gate/v1.2.3`. Slash tags are what Dependabot keeps apart per action. */
  readonly tag: string;
  /** `eval-gate/v1`, moved to the same commit; undefined for a pre-release and for a patch of an older line. */
  readonly moving: string | undefined;
}

interface Semver {
  readonly core: readonly [number, number, number];
  readonly pre: string | undefined;
}

/** Reads `1.2.3` or `1.2.3-rc.1`; throws for anything else. */
export function semver(text: string): Semver {
  const m = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?$/.exec(text);
  if (!m) throw new TypeError(`'${text}' is not a version`);
  return { core: [Number(m[1]), Number(m[2]), Number(m[3])], pre: m[4] };
}

function compare(a: Semver, b: Semver): number {
  for (const i of [0, 1, 2] as const) if (a.core[i] !== b.core[i]) return a.core[i] - b.core[i];
  if (a.pre === b.pre) return 0;
  if (a.pre === undefined) return 1;
  return b.pre === undefined ? -1 : a.pre < b.pre ? -1 : 1;
}

/** Versions of one action among all tags. `quantize/v1` is a moving tag and `eval-gate-x/v1.0.0` another action. */
export function releasedVersions(action: string, tags: readonly string[]): string[] {
  return tags.flatMap((tag) => {
    const [name, version, ...rest] = tag.split('/');
    return name === action && rest.length === 0 && version !== undefined && /^v\d+\.\d+\.\d+/.test(version)
      ? [version.slice(1)]
      : [];
  });
}

/** The releases that are due: every action whose version has no tag. Run twice, the second plan is empty. */
export function planReleases(actions: readonly ActionVersion[], tags: readonly string[]): Release[] {
  return [...actions]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name, version }) => version !== '0.0.0' && !tags.includes(`${name}/v${version}`))
    .map(({ name, version }) => ({
      action: name,
      version,
      tag: `${name}/v${version}`,
      moving: movingTag(name, version, tags),
    }));
}

function movingTag(action: string, version: string, tags: readonly string[]): string | undefined {
  const mine = semver(version);
  if (mine.pre !== undefined) return undefined;
  const newer = releasedVersions(action, tags)
    .map(semver)
    .some((other) => other.core[0] === mine.core[0] && other.pre === undefined && compare(other, mine) > 0);
  return newer ? undefined : `${action}/v${mine.core[0]}`;
}

/** Files of the repository that one action's release holds: what runs, what is read, and nothing else. */
export function releasedFiles(action: string, files: readonly string[]): string[] {
  const kept = [
    /^LICENSE$/,
    new RegExp(
      `^actions/${action}/(action\\.yml|action-types\\.yml|[a-z-]*\\.?schema\\.json|README\\.md|CHANGELOG\\.md)$`,
    ),
    new RegExp(`^dist/(${action}|shared)/`),
    /^dist\/(package\.json|licenses\.txt)$/,
  ];
  return files.filter((file) => kept.some((pattern) => pattern.test(file)));
}

/** The section of one version in a CHANGELOG as changesets writes it; undefined where there is none. */
export function changelogSection(changelog: string, version: string): string | undefined {
  const lines = changelog.split('\n');
  const start = lines.indexOf(`## ${version}`);
  if (start < 0) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  return lines
    .slice(start + 1, length < 0 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}

export interface Room {
  readonly name: string;
  readonly folder: string;
  readonly dependencies: readonly string[];
}

/** The rooms whose behaviour a set of changed files may change: their own, and all that depend on them. Tests and docs change nothing. */
export function touchedRooms(changed: readonly string[], rooms: readonly Room[]): string[] {
  const runs = (file: string) => !/\.test\.ts$|\.md$|(^|\/)(fixtures|test)\//.test(file);
  const touched = new Set(
    rooms
      .filter((room) => changed.some((file) => file.startsWith(`${room.folder}/`) && runs(file)))
      .map((room) => room.name),
  );
  for (let before = -1; before !== touched.size; ) {
    before = touched.size;
    for (const room of rooms) if (room.dependencies.some((d) => touched.has(d))) touched.add(room.name);
  }
  return [...touched].sort();
}

/** Actions that a change reaches and that no changeset names: their users would not hear of it. */
export function missingChangesets(
  changed: readonly string[],
  rooms: readonly Room[],
  planned: readonly string[],
): string[] {
  const actions = new Set(
    rooms.filter((room) => room.folder.startsWith('actions/')).map((room) => room.name),
  );
  return touchedRooms(changed, rooms).filter((name) => actions.has(name) && !planned.includes(name));
}
