/*
 * Answers events with a bundle, as a Lambda environment does that has been used before. A message says which event and
 * how often; the reply is how long each call took (ms) and what the last one answered.
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
