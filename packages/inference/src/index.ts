// A client of one OpenAI-compatible server.
export { apiBase } from './address.ts';
// Asking it: until it is there, to warm it, to judge it, under load.
export { type Asked, type AskOptions, ask } from './ask.ts';
export { type Client, type ClientOptions, connect, type ServedModel } from './client.ts';
export type { Answered, ChatRequest, Exchange, Failed, FailureKind, Message } from './exchange.ts';
export { type LoadOptions, load } from './load.ts';
export { type Probe, type ProbeOptions, probe, type WarmUpOptions, warmUp } from './probe.ts';
export { DEFAULT_PROMPTS } from './prompts.ts';
// What the answers say.
export { quantile } from './quantile.ts';
export { type ReadyOptions, waitUntilReady } from './ready.ts';
export { models, onlyModel, servedModel } from './served-model.ts';
export { type ServerSentEvent, SseParser } from './sse.ts';
export { type Measured, type Quantiles, type Summary, summarize } from './summary.ts';
