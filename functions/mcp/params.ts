type Params = Readonly<Record<string, unknown>>;
type Check = (params: Params) => string | undefined;

/**
 * What is wrong with a request's parameters, in a sentence, or undefined. The SDK refuses the same requests, but in
 * words about its own schemas, which help nobody.
 */
export function paramsProblem(method: string, params: Params = {}): string | undefined {
  return checks.get(method)?.(params);
}

const isRecord = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const onePage: Check = ({ cursor }) =>
  cursor === undefined
    ? undefined
    : 'Invalid cursor: this list has a single page, so none was ever given out.';

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    'initialize',
    ({ protocolVersion, capabilities, clientInfo }) => {
      if (typeof protocolVersion !== 'string') return 'Invalid params: expected protocolVersion, a text.';
      if (!isRecord(capabilities)) return 'Invalid params: expected capabilities, an object.';
      if (
        !isRecord(clientInfo) ||
        typeof clientInfo.name !== 'string' ||
        typeof clientInfo.version !== 'string'
      ) {
        return 'Invalid params: expected clientInfo, an object with name and version.';
      }
      return undefined;
    },
  ],
  ['tools/list', onePage],
  ['resources/list', onePage],
  ['resources/templates/list', onePage],
  ['prompts/list', onePage],
  [
    'tools/call',
    ({ name, arguments: given }) => {
      if (typeof name !== 'string') return 'Invalid params: expected name, the name of a tool.';
      if (given !== undefined && !isRecord(given)) {
        return 'Invalid params: expected arguments to be an object, such as {"limit": 10}.';
      }
      return undefined;
    },
  ],
  [
    'resources/read',
    ({ uri }) =>
      typeof uri === 'string' ? undefined : 'Invalid params: expected uri, the address of a resource.',
  ],
  [
    'prompts/get',
    ({ name, arguments: given }) => {
      if (typeof name !== 'string') return 'Invalid params: expected name, the name of a prompt.';
      if (
        given !== undefined &&
        !(isRecord(given) && Object.values(given).every((value) => typeof value === 'string'))
      ) {
        return 'Invalid params: expected arguments to be an object whose values are texts.';
      }
      return undefined;
    },
  ],
]);
