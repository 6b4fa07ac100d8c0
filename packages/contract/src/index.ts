export { InternalError, messageOf, ProgramError, SystemError, UserError } from './errors.ts';
