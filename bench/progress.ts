/** Says on stderr what is being done: on a terminal in one line, elsewhere only as whole lines. */
export function progress(doing: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${doing}`);
  else console.error(doing);
}
