import { clean } from '../text.ts';

/**
 * GitLab's metrics report (OpenMetrics text), which shows each value beside the one of the target branch.
 * A name that OpenMetrics does not allow, such as `mmlu/acc`, is written with `_` and kept whole as a label.
 * Values that are not finite are left out: there is nothing to compare.
 */
export function toGitlabMetrics(metrics: Readonly<Record<string, number>>): string {
  const lines = Object.entries(metrics)
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => {
      const allowed = name.replace(/[^A-Za-z0-9_:]/g, '_').replace(/^(?![A-Za-z_:])/, '_');
      return `${allowed}${allowed === name ? '' : `{metric="${escapeLabel(name)}"}`} ${value}\n`;
    });
  return `${lines.join('')}# EOF\n`;
}

const escapeLabel = (text: string) =>
  clean(text).replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
