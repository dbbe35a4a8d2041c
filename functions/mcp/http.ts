/** A request as this function understands it, whichever edge delivered it. */
export interface HttpRequest {
  /** The edge's id of the request, for logs. */
  id: string;
  method: string;
  /** Names in lower case; a header that came several times is joined by ", ". */
  headers: ReadonlyMap<string, string>;
  body: string;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}
