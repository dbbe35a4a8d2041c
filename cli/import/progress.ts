const millisecondsBetweenLines = 1000;

/** Prints the progress and speed of a long import once a second. Short imports print nothing. */
export function progress(activity: string, print: (line: string) => void): (rows: number) => void {
  const begun = performance.now();
  let told = begun;
  return (rows) => {
    const now = performance.now();
    if (now - told < millisecondsBetweenLines) return;
    told = now;
    const rate = Math.round(rows / ((now - begun) / 1000));
    print(`${activity}: ${rows.toLocaleString('en')} rows, ${rate.toLocaleString('en')} rows/s`);
  };
}
