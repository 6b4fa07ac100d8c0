export { type Finding, toCodeQuality } from './gitlab/code-quality.ts';
export { toGitlabMetrics } from './gitlab/metrics.ts';
export { toHtml } from './html/html.ts';
export { type TestCase, toJUnit } from './junit.ts';
export { escapeMarkdown } from './markdown/escape.ts';
export { type MarkdownOptions, toMarkdown } from './markdown/markdown.ts';
export type {
  Block,
  Cell,
  Chart,
  Code,
  Compare,
  ComparedItem,
  ComparedSide,
  Details,
  Facts,
  Flow,
  FlowStep,
  Heading,
  IntervalRow,
  IntervalsChart,
  LineChart,
  LineSeries,
  Mermaid,
  Paragraph,
  Report,
  Span,
  State,
  Table,
  Text,
  TrendChart,
} from './model.ts';
export { formatInterval, formatNumber, logSafe, plain, STATE_WORDS } from './text.ts';
