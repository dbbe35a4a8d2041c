/**
 * How many characters the built-in methods of strings look at or copy while something runs. Unlike time, it is the same
 * on every machine, so that a test can show that work grows with the length of a text, not with its square.
 */
export async function stringWork(run: () => Promise<unknown>): Promise<number> {
  const { indexOf, slice, split } = String.prototype;
  const { exec } = RegExp.prototype;
  let work = 0;
  String.prototype.indexOf = function (what: string, from = 0): number {
    const found = indexOf.call(this, what, from);
    work += (found < 0 ? this.length : found) - from + 1;
    return found;
  };
  String.prototype.slice = function (from?: number, to?: number): string {
    const part = slice.call(this, from, to);
    work += part.length + 1;
    return part;
  };
  String.prototype.split = function (this: string, ...values: Parameters<typeof split>): string[] {
    work += this.length + 1;
    return split.apply(this, values);
  } as typeof split;
  RegExp.prototype.exec = function (text: string): RegExpExecArray | null {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const found = exec.call(this, text);
    if (found) work += found.index + found[0].length - from + 1;
    else work += this.sticky ? 1 : text.length - from + 1;
    return found;
  };
  try {
    await run();
  } finally {
    Object.assign(String.prototype, { indexOf, slice, split });
    RegExp.prototype.exec = exec;
  }
  return work;
}
