// Owns the tests of the door: framing, envelopes, parameters and flags. Examples are data.
import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import { Random } from "../../../sidecar/base/random";
import {
  mustBeChangeParams, mustBeDropCacheParams, mustBeInitializeParams, mustBeInlineCompletionParams, mustBeOpenParams, mustBeStructureParams, ParamsError,
} from "../../../sidecar/protocol/validate";
import { chooseEncoding } from "../../../sidecar/server/positionEncoding";
import { Envelope } from "../../../sidecar/server/envelope";
import { parseFlags } from "../../../sidecar/server/flags";
import { type Frame, FrameReader } from "../../../sidecar/base/framing";

/** Pushes the text in pieces that `cut` chooses; values come back as they are, noise as "noise". */
function read(text: string, cut: (left: number) => number = (left) => left, bytesMax = 1_000): readonly unknown[] {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame), bytesMax);
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; ) {
    const end = start + cut(bytes.length - start);
    reader.push(bytes.subarray(start, end));
    start = end;
  }
  return frames.map((frame) => (frame.kind === "value" ? frame.value : "noise"));
}

const frame = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const one = frame("1");

const framed: readonly (readonly [name: string, text: string, expected: readonly unknown[]])[] = [
  ["two messages", one + frame('{"a":"ü👋"}'), [1, { a: "ü👋" }]],
  ["another header before and after", `Content-Type: x\r\nContent-Length: 1\r\nX: y\r\n\r\n1${one}`, [1, 1]],
  ["lower case", `content-length:1\r\n\r\n1`, [1]],
  ["a body that is not JSON", frame("{") + one, ["noise", 1]],
  ["an empty body", frame("") + one, ["noise", 1]],
  ["no length", `Content-Type: x\r\n\r\n{}${one}`, ["noise", 1]],
  ["a length that is none", `Content-Length: many\r\n\r\n${one}`, ["noise", 1]],
  ["a negative length", `Content-Length: -1\r\n\r\n${one}`, ["noise", 1]],
  ["too long, with its body", frame(JSON.stringify("x".repeat(5_000))) + one, ["noise", 1]],
  ["too long, without its body", `Content-Length: 99999999\r\n\r\n${one}`, ["noise", 1]],
  ["noise without an end", "x".repeat(3 * limits.messageHeaderBytesMax) + one, ["noise", 1]],
  ["noise that ends like a header", `\u0000\u0000\r\n\r\n${one}`, ["noise", 1]],
  ["a message cut short by the next one", `Content-Length: 3\r\n\r\n{"a${one}`, ["noise", 1]],
];

for (const [name, text, expected] of framed) {
  test(`framing: ${name}, in one piece, byte by byte and cut at random`, () => {
    assert.deepEqual(read(text), expected);
    assert.deepEqual(read(text, () => 1), expected);
    const random = new Random(name.length);
    for (let round = 0; round < 20; round += 1) assert.deepEqual(read(text, (left) => 1 + random.below(left)), expected);
  });
}

/** The code of the answer, or what becomes of the message. */
function admitted(envelope: Envelope, message: unknown): number | string {
  const admission = envelope.admit(message);
  return admission.kind === "answer" ? admission.code : admission.kind;
}

test("envelope: the life of a connection", () => {
  const envelope = new Envelope();
  const lives: readonly (readonly [message: unknown, expected: number | string])[] = [
    [{ id: 1, method: "shutdown" }, -32002],
    [{ method: "initialized", params: {} }, "drop"],
    [{ id: 1, method: "initialize" }, -32602],
    [{ id: 1, method: "initialize", params: [] }, -32602],
    [{ id: 1, method: "initialize", params: {} }, "pass"],
    [{ id: 2, method: "initialize", params: {} }, -32600],
    [{ method: "initialized", params: {} }, "pass"],
    [{ id: 3, method: "x", params: null }, "pass"],
    [{ id: 3, method: "x", params: 3 }, -32602],
    [{ id: 3, method: 3 }, -32600],
    [{ id: null, method: "x" }, -32600],
    [{ id: [], method: "x" }, -32600],
    [{ id: 3 }, -32600],
    [{}, -32600],
    [[], -32600],
    [null, -32600],
    ["x", -32600],
    [{ id: 4, result: null }, "pass"],
    [{ id: 4, error: { code: 1, message: "no" } }, "pass"],
    [{ id: 4, error: "no" }, "drop"],
    [{ id: {}, result: 1 }, "drop"],
    [{ method: "x", params: [1] }, "drop"],
    [{ method: "$/cancelRequest", params: {} }, "drop"],
    [{ method: "$/cancelRequest", params: { id: "a" } }, "pass"],
    [{ id: 5, method: "shutdown" }, "pass"],
    [{ id: 6, method: "shutdown" }, -32600],
    [{ method: "x" }, "drop"],
    [{ method: "exit" }, "pass"],
  ];
  for (const [message, expected] of lives) assert.equal(admitted(envelope, message), expected, JSON.stringify(message));
});

const document = { uri: "file:///a", languageId: "c", version: 1, text: "" };
const position = { line: 0, character: 0 };
const back = { start: { line: 1, character: 0 }, end: { line: 0, character: 5 } };

const changes = (most: number) => (params: unknown) => mustBeChangeParams(params, most);
const structure = (params: unknown): unknown => mustBeStructureParams(params, 3);

const refused: readonly (readonly [check: (params: unknown) => unknown, params: unknown, told: RegExp])[] = [
  [mustBeOpenParams, undefined, /^params: an object, not nothing$/],
  [mustBeOpenParams, { textDocument: { ...document, version: 1.5 } }, /^textDocument\.version: an integer, not 1\.5$/],
  [mustBeOpenParams, { textDocument: { ...document, uri: "" } }, /^textDocument\.uri: a URI/],
  [mustBeOpenParams, { textDocument: { ...document, text: null } }, /^textDocument\.text: a string, not null$/],
  [changes(9), { textDocument: document, contentChanges: {} }, /^contentChanges: an array, not an object$/],
  [changes(1), { textDocument: document, contentChanges: [{ text: "" }, { text: "" }] }, /at most 1 changes, not 2/],
  [changes(9), { textDocument: document, contentChanges: [{ range: back, text: "" }] }, /^contentChanges\[0\]\.range: a start that is not after the end$/],
  [changes(9), { textDocument: document, contentChanges: [{ range: null, text: "" }] }, /^contentChanges\[0\]\.range: an object, not null$/],
  [mustBeInlineCompletionParams, { textDocument: document, position: { line: -1, character: 0 } }, /^position\.line: a whole number from 0/],
  [mustBeInlineCompletionParams, { textDocument: document, position: { line: 2 ** 40, character: 0 } }, /^position\.line: an integer/],
  [mustBeInlineCompletionParams, { textDocument: document, position, context: [] }, /^context: an object, not an array$/],
  [structure, { textDocument: document, spans: [0, 1] }, /triples/],
  [structure, { textDocument: document, spans: [3, 1, 2] }, /^spans\[0\]: a kind below 3, not 3$/],
  [structure, { textDocument: document, spans: [0, 2, 1] }, /^spans\[2\]: an end at or after 2, not 1$/],
];

for (const [check, params, told] of refused) {
  test(`parameters refused: ${told.source}`, () => {
    assert.throws(() => check(params), (error) => error instanceof ParamsError && told.test(error.message));
  });
}

test("parameters taken", () => {
  const automatic = { textDocument: { uri: document.uri }, position, invoked: false };
  assert.deepEqual(mustBeInlineCompletionParams({ textDocument: document, position }), automatic);
  assert.equal(mustBeInlineCompletionParams({ textDocument: document, position, context: { triggerKind: 1 } }).invoked, true);
  assert.deepEqual(mustBeDropCacheParams(undefined), {});
  assert.deepEqual(mustBeDropCacheParams({ textDocument: document }), { textDocument: { uri: document.uri } });
  const nothing = {
    processId: undefined, positionEncodings: undefined, workDoneProgress: false, initializationOptions: undefined, folders: [], answersMembers: false,
  };
  assert.deepEqual(mustBeInitializeParams({ processId: "x", capabilities: { general: 5, window: [] } }), nothing);
  const said = { capabilities: {}, initializationOptions: { threads: 1 }, rootUri: "file:///p" };
  assert.deepEqual(mustBeInitializeParams(said), { ...nothing, initializationOptions: { threads: 1 }, folders: ["file:///p"] });
  assert.deepEqual(mustBeInitializeParams({ ...said, workspaceFolders: [{ uri: "file:///a" }, 7] }).folders, ["file:///a"]);
});

test("the position encoding: UTF-16 where it is offered or nothing is said", () => {
  assert.equal(chooseEncoding(undefined), "utf-16");
  assert.equal(chooseEncoding(["utf-8", "utf-16"]), "utf-16");
  assert.equal(chooseEncoding(["utf-32", "utf-8"]), "utf-8");
  assert.equal(chooseEncoding(["utf-32"]), "utf-32");
  assert.equal(chooseEncoding(["latin1"]), "utf-16");
});

test("flags", () => {
  const line = "--stdio --model=m.gguf --context 1024 --threads 3 --gpu vulkan --engines /engines --max-tokens 12 --policy prefix --repetition-penalty off --drafts on --verify --clientProcessId=77";
  assert.deepEqual(parseFlags(line.split(" ")), {
    kind: "serve",
    flags: {
      transport: "stdio",
      modelPath: "m.gguf",
      libraryFolder: undefined,
      enginesFolder: "/engines",
      gpu: "vulkan",
      contextTokens: 1_024,
      threads: 3,
      completionTokens: 12,
      policy: "prefix",
      monitor: { enabled: true, exceptLanguages: [], budgetMs: 60, servers: {}, trustWorkspace: false },
      repetitionPenalty: false,
      drafts: true,
      verify: true,
      clientProcessId: 77,
    },
  });
  assert.deepEqual(parseFlags(["--probe-library", "/x"]), { kind: "probeLibrary", folder: "/x" });
  assert.equal(parseFlags(["--node-ipc", "--help"]).kind, "help");
  const bad = ["", "--stdio --threads 0", "--stdio --max-tokens 65", "--stdio --repetition-penalty 1", "--stdio --gpu metal", "--stdio --context=1e4", "--stdio --model --verify", "stdio"];
  for (const line of bad) assert.equal(parseFlags(line.split(" ")).kind, "bad", line);
});
