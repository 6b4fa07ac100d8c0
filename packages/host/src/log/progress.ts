/** Time between two progress lines where they cannot replace each other. */
export const progressEveryMs = 10_000;

/** Lets the first progress line through, then one every few seconds: a log is no terminal. */
export function throttled(print: (text: string) => void, now: () => Date): (text: string) => void {
  let last: number | undefined;
  return (text) => {
    const at = now().getTime();
    if (last !== undefined && at - last < progressEveryMs) return;
    last = at;
    print(text);
  };
}
