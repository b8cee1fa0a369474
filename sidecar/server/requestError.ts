// Owns why a request ends in an LSP error instead of an answer. Which code each has is connection.ts's to say.

/** Why a request ends in an error: `connection.ts` gives each its code. */
export type RequestFault = "invalidParams" | "requestCancelled";
export class RequestError extends Error {
  constructor(readonly fault: RequestFault, message: string) {
    super(message);
    this.name = "RequestError";
  }
}
