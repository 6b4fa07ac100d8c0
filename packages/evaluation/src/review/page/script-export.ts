/** The ratings as a file: CSV, or JSON with the same words. */
export const EXPORT = `
const harmless = (text) => (/^[=+\\-@\\t\\r]/.test(text) ? "'" + text : text);
const field = (text) => (/[",\\r\\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
function rows() {
  return sheet.cards.flatMap((card) => {
    const said = ratings[card.id];
    return said && said.rating ? [{ card: card.id, rating: said.rating, comment: said.comment || '', rated_at: said.at }] : [];
  });
}
function asCsv() {
  const lines = rows().map((row) => [sheet.sample, row.card, row.rating, harmless(row.comment), harmless(reviewer), row.rated_at]);
  return '\\ufeff' + [['sample', 'card', 'rating', 'comment', 'reviewer', 'rated_at'], ...lines].map((line) => line.map(field).join(',') + '\\r\\n').join('');
}
function asJson() {
  return JSON.stringify({ sluice: 'review-ratings/1', sample: sheet.sample, form: sheet.form, reviewer, ratings: rows() }, null, 1) + '\\n';
}
function download(kind) {
  const [text, type] = kind === 'csv' ? [asCsv(), 'text/csv;charset=utf-8'] : [asJson(), 'application/json'];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = 'ratings-' + (reviewer.replace(/[^\\p{L}\\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'reviewer') + '.' + kind;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
`.trim();
