import { forwardedPath } from '../../shared/edge.ts';
import type { HttpRequest, HttpResponse } from '../http.ts';
import { OAuthError } from './oauth-error.ts';

/** What answers at one path. */
export interface Endpoint {
  readonly methods: readonly ('GET' | 'POST')[];
  /** Whether scripts of any web page may read the answer. */
  readonly readableByAnyPage: boolean;
  answer(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

export function errorResponse({ status, code, message, headers }: OAuthError): HttpResponse {
  return json(status, { error: code, error_description: message }, headers);
}

/**
 * Lets the endpoint of a path answer, and answers what no endpoint has to know: unknown paths, methods, preflights.
 * @param endpoints by their path
 */
export async function route(
  endpoints: Readonly<Record<string, Endpoint>>,
  request: HttpRequest,
): Promise<HttpResponse> {
  const path = forwardedPath(request.path);
  const endpoint = endpoints[path];
  if (!endpoint) return json(404, { message: `Nothing is served at ${path}.` });

  const allowed = endpoint.methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  if (request.method === 'OPTIONS') return preflight(endpoint, allowed);
  if (!allowed.includes(request.method)) {
    const message = `${path} does not support ${request.method}. Use ${endpoint.methods.join(' or ')}.`;
    return json(405, { message }, { Allow: [...allowed, 'OPTIONS'].join(', ') });
  }
  const response = await endpoint.answer(request);
  if (!endpoint.readableByAnyPage) return response;
  return { ...response, headers: { ...response.headers, 'Access-Control-Allow-Origin': '*' } };
}

function preflight(endpoint: Endpoint, allowed: readonly string[]): HttpResponse {
  const methods = [...allowed, 'OPTIONS'].join(', ');
  const crossOrigin = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': methods,
    // Clients send the protocol version with every request, discovery included.
    'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Mcp-Protocol-Version',
    'Access-Control-Max-Age': '86400',
  };
  return {
    status: 204,
    headers: { Allow: methods, ...(endpoint.readableByAnyPage ? crossOrigin : {}) },
    body: '',
  };
}

/** The parameters of a request that is sent as a form. */
export type Form = ReadonlyMap<string, string>;

/** An endpoint that programs send forms to. An OAuthError becomes its answer. */
export function formEndpoint(answer: (request: HttpRequest, form: Form) => Promise<HttpResponse>): Endpoint {
  return {
    methods: ['POST'],
    readableByAnyPage: true,
    async answer(request) {
      try {
        return await answer(request, readForm(request));
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        return errorResponse(error);
      }
    },
  };
}

/** Characters: far more than any request needs. */
const longestForm = 64 * 1024;

/**
 * Reads a form as RFC 6749, section 3.2, wants it: a parameter without a value counts as absent, none may repeat.
 * @throws {OAuthError} invalid_request
 */
export function readForm({ headers, body }: HttpRequest): Form {
  const mediaType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/x-www-form-urlencoded') {
    throw new OAuthError(
      'invalid_request',
      'Send the parameters in the body, with the Content-Type application/x-www-form-urlencoded.',
    );
  }
  if (body.length > longestForm) {
    throw new OAuthError('invalid_request', `The request must have at most ${longestForm} characters.`, {
      status: 413,
    });
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (value === '') continue;
    if (form.has(name)) throw new OAuthError('invalid_request', 'A parameter occurs more than once.');
    form.set(name, value);
  }
  return form;
}

/** @throws {OAuthError} invalid_request, when the form does not have the parameter. */
export function parameterOf(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `The parameter ${name} is required.`);
  return value;
}
