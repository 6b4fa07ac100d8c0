/** What every chat model can answer: a greeting, a question in Chinese, a small program. */
export const DEFAULT_PROMPTS: readonly string[] = [
  'Hello',
  '什么是机器学习？',
  'Write a function to sort a list',
];
