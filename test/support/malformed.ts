// Owns messages that no client should send: noise, broken envelopes, wrong parameters, and right ones out of order.
// Seeded, so that a case can be had again.
import { at } from "../../sidecar/base/assert";
import { Random } from "../../sidecar/base/random";
import type { Json } from "./anyClient";

/** What to put on the pipe, and the id that must be answered, if any. */
export interface Malformed {
  readonly name: string;
  /** Bytes as they are, or a body to be framed. */
  readonly raw?: string;
  readonly body?: string;
  readonly id?: string | number;
}

const uris = ["file:///m/a.ts", "file:///m/b.py", "untitled:c", ""];
const junk: readonly Json[] = [
  null, true, -1, 0.5, 1e99, 2 ** 40, "", "x", "\ud800", "y".repeat(500), [], [[]], {}, { length: -1 }, { __proto__: null, uri: 7 },
];
const place = (random: Random): Json => ({ line: random.below(4), character: random.below(12) });

interface Template {
  readonly method: string;
  readonly isRequest: boolean;
  readonly params: (random: Random, uri: string) => Json;
}
const request = (method: string, params: Template["params"]): Template => ({ method, isRequest: true, params });
const notification = (method: string, params: Template["params"]): Template => ({ method, isRequest: false, params });
const text = "let a = 1;\nlet b = a;\n";
const named: Template["params"] = (_random, uri) => ({ textDocument: { uri } });
const placed: Template["params"] = (random, uri) => ({ textDocument: { uri }, position: place(random) });
const versioned = (random: Random, uri: string): Json => ({ uri, version: random.below(40) });

/** Right parameters, which are then spoilt or sent at the wrong time. */
const templates: readonly Template[] = [
  notification("textDocument/didOpen", (random, uri) => ({ textDocument: { uri, languageId: "typescript", version: random.below(9), text } })),
  notification("textDocument/didChange", (random, uri) => ({
    textDocument: versioned(random, uri),
    contentChanges: [{ range: { start: place(random), end: place(random) }, text: "z" }],
  })),
  notification("textDocument/didChange", (random, uri) => ({ textDocument: versioned(random, uri), contentChanges: [{ text: "let c = 2;\n" }] })),
  notification("textDocument/didClose", named),
  request("textDocument/inlineCompletion", placed),
  notification("palimpsest/structure", (random, uri) => ({
    textDocument: versioned(random, uri),
    spans: [random.below(4), random.below(30), random.below(30)],
  })),
  notification("palimpsest/cursor", placed),
  request("palimpsest/statistics", () => ({})),
  request("palimpsest/ledger", named),
  request("palimpsest/dropCache", named),
  request("initialize", () => ({ processId: null, rootUri: null, capabilities: {} })),
  notification("initialized", () => ({})),
  notification("$/setTrace", () => ({ value: "verbose" })),
  notification("window/workDoneProgress/cancel", () => ({ token: "t" })),
  request("textDocument/hover", placed),
  notification("workspace/didChangeConfiguration", () => ({ settings: {} })),
];

export class MalformedMessages {
  private readonly random: Random;
  private lastId = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  next(): Malformed {
    const draw = this.random.next();
    if (draw < 0.06) return this.noise();
    if (draw < 0.22) return this.envelope();
    return draw < 0.35 ? this.cancel() : this.message();
  }

  /** Bytes that are no frame, each ending where the next frame can begin. */
  private noise(): Malformed {
    const { random } = this;
    const raw = random.pick([
      "\r\n\r\n",
      "Content-Length: many\r\n\r\n",
      "Content-Length: -5\r\n\r\n",
      "Content-Type: none\r\n\r\n{}",
      "Content-Length: 99999999999999\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "\u0000".repeat(random.below(20_000)),
      "Content-Length: 4\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"cut\"}",
    ]);
    return { name: "noise", raw };
  }

  /** JSON, or not even that, which is no message. */
  private envelope(): Malformed {
    const { random } = this;
    const id = this.id();
    return random.pick<() => Malformed>([
      () => ({ name: "not JSON", body: random.pick(["", "{", "[1,", "{\"id\":1,}", "\u0000", "nul"]) }),
      () => ({ name: "not an object", body: JSON.stringify(random.pick(junk)) }),
      () => ({ name: "a batch", body: JSON.stringify([{ jsonrpc: "2.0", id, method: "palimpsest/statistics" }]) }),
      () => ({ name: "a method that is no string", id, body: JSON.stringify({ jsonrpc: "2.0", id, method: random.pick([1, true, [], {}]) }) }),
      () => ({ name: "an id that is none", body: JSON.stringify({ id: random.pick<Json>([null, [], {}, true]), method: "palimpsest/statistics" }) }),
      () => ({ name: "neither method nor result", id, body: JSON.stringify({ jsonrpc: "2.0", id }) }),
      () => ({ name: "an answer to nothing", body: JSON.stringify({ jsonrpc: "2.0", id, result: random.pick(junk) }) }),
      () => ({ name: "an error to nothing", body: JSON.stringify({ jsonrpc: "2.0", id, error: random.pick(junk) }) }),
      () => ({ name: "an unknown method", id, body: JSON.stringify({ jsonrpc: "2.0", id, method: "no/such", params: random.pick(junk) }) }),
      () => ({ name: "an unknown notification", body: JSON.stringify({ jsonrpc: "2.0", method: "no/such", params: random.pick(junk) }) }),
      () => ({ name: "without a version of JSON-RPC", id, body: JSON.stringify({ id, method: "palimpsest/statistics" }) }),
    ])();
  }

  private cancel(): Malformed {
    const { random } = this;
    const id: Json = random.chance(0.7) ? random.below(this.lastId + 5) : random.pick(junk);
    return { name: "a cancel", body: JSON.stringify({ jsonrpc: "2.0", method: "$/cancelRequest", params: random.chance(0.9) ? { id } : random.pick(junk) }) };
  }

  private message(): Malformed {
    const { random } = this;
    const { method, isRequest, params } = random.pick(templates);
    let sent = params(random, random.pick(uris));
    if (random.chance(0.6)) sent = this.spoilt(sent);
    const message = { jsonrpc: "2.0", method, ...(random.chance(0.97) ? { params: sent } : {}) };
    if (!isRequest) return { name: method, body: JSON.stringify(message) };
    const id = this.id();
    return { name: method, id, body: JSON.stringify({ ...message, id }) };
  }

  /** One value somewhere inside replaced by junk, or left out. */
  private spoilt(value: Json): Json {
    const { random } = this;
    if (typeof value !== "object" || value === null || random.chance(0.2)) return random.pick(junk);
    if (Array.isArray(value)) {
      if (value.length === 0) return random.pick(junk);
      const index = random.below(value.length);
      return value.map((each: Json, here) => (here === index ? this.spoilt(each) : each));
    }
    const keys = Object.keys(value);
    if (keys.length === 0) return random.pick(junk);
    const key = random.pick(keys);
    const entries = Object.entries(value).filter(([name]) => name !== key || random.chance(0.8));
    return Object.fromEntries(entries.map(([name, each]) => [name, name === key ? this.spoilt(each as Json) : (each as Json)]));
  }

  /** Numbers mostly; strings are ids too. */
  private id(): string | number {
    this.lastId += 1;
    return this.random.chance(0.8) ? this.lastId : `s${this.lastId}`;
  }
}

/** `count` messages from `seed`. */
export function malformedMessages(seed: number, count: number): readonly Malformed[] {
  const messages = new MalformedMessages(seed);
  return Array.from({ length: count }, () => messages.next());
}

/** For a failure: the message that has `id`, as it was sent. */
export function sentWith(messages: readonly Malformed[], id: string | number): string {
  const index = messages.findIndex((message) => message.id === id);
  return index < 0 ? `no message has the id ${id}` : JSON.stringify(at(messages, index));
}
