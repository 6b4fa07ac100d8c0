/** A Python program that Sluice ships, and what it is told. */
export interface ProgramCall {
  /** File name in the folder of programs, e.g. `peft_train.py`. */
  readonly program: string;
  /** Written to a file that the program reads; it holds no secret. */
  readonly config: Readonly<Record<string, unknown>>;
}
