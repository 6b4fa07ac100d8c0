import fc from 'fast-check';

// one commit gives one answer; the slow suite draws anew at every run and prints the seed of what it finds
if (!process.env['SLUICE_SLOW']) fc.configureGlobal({ seed: 1 });
