export { addressOf } from './address.ts';
export { apiKeyOf, type KeyInputs } from './api-key.ts';
export { carryOut, type Decided, type Done } from './carry-out.ts';
export { history, judged, observe, type Seen } from './observe.ts';
export { openTarget, type Surroundings, type Target, type TargetInputs } from './open-target.ts';
export { type Held, type Place, placeOf } from './place.ts';
export { keepThroughRestart } from './restart.ts';
export { drawUsers } from './salt.ts';
