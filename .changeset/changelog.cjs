// An action's CHANGELOG speaks to its users: a change in a shared room, however far down, is told there in its own
// words, not as "updated dependencies".
const { globSync, readdirSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const root = dirname(__dirname);
const line = (summary) => `- ${summary.trim().replaceAll('\n', '\n  ')}`;

/** What each workspace package depends on, by name. */
function graph() {
  const manifests = globSync('{packages,actions}/*/package.json', { cwd: root });
  return new Map(
    manifests.map((file) => {
      const { name, dependencies = {} } = JSON.parse(readFileSync(join(root, file), 'utf8'));
      return [name, Object.keys(dependencies).filter((d) => d.startsWith('@sluice/'))];
    }),
  );
}

/** The changesets that wait for a release: the packages they name, and their text. */
function pending() {
  return readdirSync(__dirname)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(__dirname, file), 'utf8')))
    .filter(Boolean)
    .map(([, head, summary]) => ({
      names: [...head.matchAll(/["'](@[^"']+)["']/g)].map((m) => m[1]),
      summary,
    }));
}

function reached(names) {
  const rooms = graph();
  const seen = new Set();
  for (const queue = [...names]; queue.length > 0; ) {
    const name = queue.pop();
    if (seen.has(name)) continue;
    seen.add(name);
    queue.push(...(rooms.get(name) ?? []));
  }
  return seen;
}

module.exports = {
  getReleaseLine: async (changeset) => line(changeset.summary),
  getDependencyReleaseLine: async (_changesets, updated) => {
    const below = reached(updated.map(({ name }) => name));
    const told = pending().filter(({ names }) => names.some((name) => below.has(name)));
    return [...new Set(told.map(({ summary }) => line(summary)))].join('\n');
  },
};
