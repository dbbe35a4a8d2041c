import { isImplementation } from './envelope.ts';
import { isRecord } from './json-rpc.ts';

type Params = Readonly<Record<string, unknown>>;
type Check = (params: Params) => string | undefined;

/** What is wrong with a request's parameters, in a sentence, or undefined. */
export function paramsProblem(method: string, params: Params = {}): string | undefined {
  return checks.get(method)?.(params);
}

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
      if (!isImplementation(clientInfo)) {
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
