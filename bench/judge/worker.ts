import { parentPort } from 'node:worker_threads';
import { CONTENDERS, type Contender } from './contender.ts';
import type { Chunk } from './pool.ts';
import { FAULTS, NULLS, type Scenario } from './scenario.ts';
import { walks } from './walks.ts';

/** Walks the chunks that it is sent and answers each with how they ended. */
parentPort?.on('message', (chunk: Chunk) => {
  const judge = CONTENDERS.find((c) => c.name === chunk.judge) as Contender;
  const scenario = [...NULLS, ...FAULTS].find((s) => s.name === chunk.scenario) as Scenario;
  parentPort?.postMessage(walks(judge, scenario, chunk.rate, chunk));
});
