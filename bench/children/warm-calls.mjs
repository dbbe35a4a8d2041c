/*
 * Answers events with a bundle, over and over, as a Lambda environment does that has been used before. Told how
 * often, it says how long each call took (ms) and what the last one answered.
 */

const { handler } = await import(process.argv[2]);

process.on('message', async ({ event, count }) => {
  const durations = [];
  let answer;
  for (let call = 0; call < count; call++) {
    const started = performance.now();
    answer = await handler(event, {});
    durations.push(performance.now() - started);
  }
  process.send({ durations, answer });
});
process.on('disconnect', () => process.exit());
process.send('ready');
