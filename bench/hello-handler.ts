/** A function that does nothing: what starts before it is the floor of every other. */
export const handler = async () => ({ statusCode: 200, body: 'hello' });
