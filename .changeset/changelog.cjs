// An action's CHANGELOG speaks to its users: a change in a shared room is told there in its own words,
// not as "updated dependencies".
const line = (changeset) => `- ${changeset.summary.trim().replaceAll('\n', '\n  ')}`;

module.exports = {
  getReleaseLine: async (changeset) => line(changeset),
  getDependencyReleaseLine: async (changesets) => [...new Set(changesets.map(line))].join('\n'),
};
