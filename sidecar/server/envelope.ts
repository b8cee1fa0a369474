// Owns the shape of what the client sends, before the library sees it: each value becomes a message that is safe to
// hand on, an answer that says what was wrong with it, or a line in the log. Also holds the life of the connection:
// nothing before `initialize`, nothing after `shutdown`. Knows the envelope only; parameters are validate.ts's.

/** Error codes of JSON-RPC and LSP that the door itself gives. */
export const errorCodes = { parseError: -32700, invalidRequest: -32600, invalidParams: -32602, notInitialized: -32002 } as const;

export type MessageId = string | number;

export type Admission =
  | { readonly kind: "pass"; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: "answer"; readonly id: MessageId | null; readonly code: number; readonly message: string }
  | { readonly kind: "drop"; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

export class Envelope {
  private state: "new" | "running" | "shutDown" = "new";

  admit(value: unknown): Admission {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isObject) return answer(null, errorCodes.invalidRequest, "A message is one JSON object; batches are not part of LSP.");
    const fields = value as Fields;
    const id = fields["id"];
    if (fields["method"] === undefined) return admitResponse(fields, id);
    if (typeof fields["method"] !== "string") return answer(isId(id) ? id : null, errorCodes.invalidRequest, "A method is a string.");
    if (id === undefined) return this.admitNotification(fields, fields["method"]);
    if (!isId(id)) return answer(null, errorCodes.invalidRequest, "An id is a string or a number.");
    return this.admitRequest(fields, fields["method"], id);
  }

  private admitRequest(fields: Fields, method: string, id: MessageId): Admission {
    if (method === "initialize") {
      if (this.state !== "new") return answer(id, errorCodes.invalidRequest, "initialize comes once.");
    } else if (this.state === "new") return answer(id, errorCodes.notInitialized, "initialize comes first.");
    if (this.state === "shutDown") return answer(id, errorCodes.invalidRequest, "The sidecar was shut down.");
    const params = fields["params"] ?? undefined;
    if (!areNamed(params)) return answer(id, errorCodes.invalidParams, wrongParams);
    if (method === "initialize") {
      if (params === undefined) return answer(id, errorCodes.invalidParams, wrongParams);
      this.state = "running";
    }
    if (method === "shutdown") this.state = "shutDown";
    return pass({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) });
  }

  private admitNotification(fields: Fields, method: string): Admission {
    if (method === "exit") return pass({ jsonrpc: "2.0", method });
    if (this.state !== "running") return drop(`${method}: ignored ${this.state === "new" ? "before initialize" : "after shutdown"}`);
    const params = fields["params"] ?? undefined;
    if (!areNamed(params)) return drop(`${method}: ${wrongParams}`);
    if (method === "$/cancelRequest" && !isId((params as Fields | undefined)?.["id"])) return drop(`${method}: id: a string or a number`);
    return pass({ jsonrpc: "2.0", method, params: params ?? {} });
  }
}

/** The client's answers to what the sidecar asked (progress). */
function admitResponse(fields: Fields, id: unknown): Admission {
  const isAnswer = fields["result"] !== undefined || fields["error"] !== undefined;
  if (!isAnswer) return answer(isId(id) ? id : null, errorCodes.invalidRequest, "A message has a method, a result or an error.");
  const error = fields["error"];
  const { code, message } = typeof error === "object" && error !== null ? (error as Fields) : {};
  const isError = typeof code === "number" && typeof message === "string";
  if (!isId(id) || (error !== undefined && !isError)) return drop("an answer that can't be read");
  return pass({ jsonrpc: "2.0", id, ...(isError ? { error } : { result: fields["result"] }) });
}

const wrongParams = "params: an object";
/** Parameters by name, or none. */
const areNamed = (params: unknown): boolean => params === undefined || (typeof params === "object" && !Array.isArray(params));
const isId = (value: unknown): value is MessageId => typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
const pass = (message: Fields): Admission => ({ kind: "pass", message });
const drop = (reason: string): Admission => ({ kind: "drop", reason });
const answer = (id: MessageId | null, code: number, message: string): Admission => ({ kind: "answer", id, code, message });
