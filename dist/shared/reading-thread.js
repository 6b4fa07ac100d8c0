const { readingThread } = await import('./index.js');
await readingThread();
