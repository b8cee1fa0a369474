// Owns the door: checks of everything that a client sends, standard LSP parameters included, before anything trusts it.
// Imports nothing but the wire types of this folder; knows no document, so whether a position exists is not its question.
import type { CursorParams, DropCacheParams, LedgerParams, StructureParams } from "./messages";

/** Parameters are not what the protocol says. The message is a noun phrase for what must be there. */
export class ParamsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ParamsError";
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** LSP's `uinteger` ends here. */
const uintegerMax = 2 ** 31 - 1;

export interface WirePosition {
  readonly line: number;
  readonly character: number;
}
export type WireChange =
  | { readonly range: { readonly start: WirePosition; readonly end: WirePosition }; readonly text: string }
  | { readonly text: string };
export interface OpenParams {
  readonly textDocument: { readonly uri: string; readonly languageId: string; readonly version: number; readonly text: string };
}
export interface ChangeParams {
  readonly textDocument: { readonly uri: string; readonly version: number };
  readonly contentChanges: readonly WireChange[];
}
export interface CloseParams {
  readonly textDocument: { readonly uri: string };
}
export interface InlineCompletionParams {
  readonly textDocument: { readonly uri: string };
  readonly position: WirePosition;
  readonly invoked: boolean;
  /** The word chosen in the client's list, and the range that it is to replace. */
  readonly word?: { readonly text: string; readonly start: WirePosition; readonly end: WirePosition };
}
export interface InitializeParams {
  readonly processId: number | undefined;
  /** Undefined where the client says nothing. */
  readonly positionEncodings: readonly string[] | undefined;
  readonly workDoneProgress: boolean;
  readonly initializationOptions: unknown;
  /** The client answers `palimpsest/members`. */
  readonly answersMembers: boolean;
  /** The workspace's folders as URIs; none where the client says nothing. */
  readonly folders: readonly string[];
}

/** @throws ParamsError, as all below. */
export function mustBeOpenParams(value: unknown): OpenParams {
  const document = mustBeObject(mustBeObject(value, "params")["textDocument"], "textDocument");
  return {
    textDocument: {
      uri: mustBeUri(document["uri"], "textDocument.uri"),
      languageId: mustBeString(document["languageId"], "textDocument.languageId"),
      version: mustBeInteger(document["version"], "textDocument.version"),
      text: mustBeString(document["text"], "textDocument.text"),
    },
  };
}

/** `changesMax` bounds the changes of one notification. */
export function mustBeChangeParams(value: unknown, changesMax: number): ChangeParams {
  const params = mustBeObject(value, "params");
  const textDocument = mustBeVersionedDocument(params["textDocument"]);
  const changes = mustBeArray(params["contentChanges"], "contentChanges");
  if (changes.length > changesMax) throw new ParamsError(`contentChanges: at most ${changesMax} changes, not ${changes.length}`);
  return { textDocument, contentChanges: changes.map((change, index) => mustBeChange(change, `contentChanges[${index}]`)) };
}

export function mustBeCloseParams(value: unknown): CloseParams {
  return { textDocument: mustBeDocument(mustBeObject(value, "params")["textDocument"]) };
}

/** A client without `context` is taken to have asked by itself. Trigger kinds: 1 invoked, 2 automatic. */
export function mustBeInlineCompletionParams(value: unknown): InlineCompletionParams {
  const params = mustBeObject(value, "params");
  const context = params["context"] === undefined ? {} : mustBeObject(params["context"], "context");
  const triggerKind = context["triggerKind"] === undefined ? 2 : mustBeInteger(context["triggerKind"], "context.triggerKind");
  return {
    textDocument: mustBeDocument(params["textDocument"]),
    position: mustBePosition(params["position"], "position"),
    invoked: triggerKind === 1,
    ...((context["selectedCompletionInfo"] ?? undefined) === undefined ? {} : { word: mustBeChosenWord(context["selectedCompletionInfo"]) }),
  };
}

/** LSP's SelectedCompletionInfo. */
function mustBeChosenWord(value: unknown): NonNullable<InlineCompletionParams["word"]> {
  const what = "context.selectedCompletionInfo";
  const info = mustBeObject(value, what);
  const range = mustBeObject(info["range"], `${what}.range`);
  return {
    text: mustBeString(info["text"], `${what}.text`),
    start: mustBePosition(range["start"], `${what}.range.start`),
    end: mustBePosition(range["end"], `${what}.range.end`),
  };
}

/** Of a client's long list only what the sidecar goes by; capabilities of the wrong shape count as absent. */
export function mustBeInitializeParams(value: unknown): InitializeParams {
  const params = mustBeObject(value, "params");
  const capabilities = fieldsOf(params["capabilities"]);
  const encodings = fieldsOf(capabilities["general"])["positionEncodings"];
  const processId = params["processId"];
  return {
    processId: typeof processId === "number" && Number.isInteger(processId) && processId > 0 ? processId : undefined,
    positionEncodings: Array.isArray(encodings) ? encodings.filter((encoding): encoding is string => typeof encoding === "string") : undefined,
    workDoneProgress: fieldsOf(capabilities["window"])["workDoneProgress"] === true,
    initializationOptions: params["initializationOptions"],
    answersMembers: fieldsOf(fieldsOf(capabilities["experimental"])["palimpsest"])["members"] === true,
    folders: foldersOf(params),
  };
}

/** The older `rootUri` counts where there is no list. */
function foldersOf(params: Fields): readonly string[] {
  const { workspaceFolders } = params;
  const uris = Array.isArray(workspaceFolders) ? workspaceFolders.map((folder: unknown) => fieldsOf(folder)["uri"]) : [params["rootUri"]];
  return uris.filter((uri): uri is string => typeof uri === "string");
}

export function mustBeCursorParams(value: unknown): CursorParams {
  const params = mustBeObject(value, "params");
  return { textDocument: mustBeDocument(params["textDocument"]), position: mustBePosition(params["position"], "position") };
}

/** Triples of a kind below `kindsCount`, a start and an end that is not before it. */
export function mustBeStructureParams(value: unknown, kindsCount: number): StructureParams {
  const params = mustBeObject(value, "params");
  const spans = mustBeArray(params["spans"], "spans").map((number, index) => mustBeUinteger(number, `spans[${index}]`));
  if (spans.length % 3 !== 0) throw new ParamsError(`spans: triples of kind, start and end, not ${spans.length} numbers`);
  for (let index = 0; index < spans.length; index += 3) {
    const [kind = 0, start = 0, end = 0] = spans.slice(index, index + 3);
    if (kind >= kindsCount) throw new ParamsError(`spans[${index}]: a kind below ${kindsCount}, not ${kind}`);
    if (end < start) throw new ParamsError(`spans[${index + 2}]: an end at or after ${start}, not ${end}`);
  }
  return { textDocument: mustBeVersionedDocument(params["textDocument"]), spans };
}

export function mustBeLedgerParams(value: unknown): LedgerParams {
  return mustBeCloseParams(value);
}

export function mustBeDropCacheParams(value: unknown): DropCacheParams {
  if (value === undefined || value === null) return {};
  const document = mustBeObject(value, "params")["textDocument"];
  return document === undefined || document === null ? {} : { textDocument: mustBeDocument(document) };
}

/** The document that broken parameters seem to speak of, so that it can be brought back in step. */
export function documentNamedIn(value: unknown): string | undefined {
  const uri = fieldsOf(fieldsOf(value)["textDocument"])["uri"];
  return typeof uri === "string" ? uri : undefined;
}

function mustBeObject(value: unknown, what: string): Fields {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) throw new ParamsError(`${what}: an object, not ${shown(value)}`);
  return value as Fields;
}

function mustBeString(value: unknown, what: string): string {
  if (typeof value !== "string") throw new ParamsError(`${what}: a string, not ${shown(value)}`);
  return value;
}

/** A URI identifies a document and nothing else, so any text will do, but some text there must be. */
function mustBeUri(value: unknown, what: string): string {
  const uri = mustBeString(value, what);
  if (uri.length === 0) throw new ParamsError(`${what}: a URI, not an empty string`);
  return uri;
}

function mustBeInteger(value: unknown, what: string): number {
  const isInteger = typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= uintegerMax + 1;
  if (!isInteger) throw new ParamsError(`${what}: an integer, not ${shown(value)}`);
  return value;
}

function mustBeUinteger(value: unknown, what: string): number {
  const integer = mustBeInteger(value, what);
  if (integer < 0 || integer > uintegerMax) throw new ParamsError(`${what}: a whole number from 0 to ${uintegerMax}, not ${integer}`);
  return integer;
}

function mustBeArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ParamsError(`${what}: an array, not ${shown(value)}`);
  return value;
}

function mustBePosition(value: unknown, what: string): WirePosition {
  const fields = mustBeObject(value, what);
  return { line: mustBeUinteger(fields["line"], `${what}.line`), character: mustBeUinteger(fields["character"], `${what}.character`) };
}

function mustBeChange(value: unknown, what: string): WireChange {
  const fields = mustBeObject(value, what);
  const text = mustBeString(fields["text"], `${what}.text`);
  if (fields["range"] === undefined) return { text };
  const range = mustBeObject(fields["range"], `${what}.range`);
  const start = mustBePosition(range["start"], `${what}.range.start`);
  const end = mustBePosition(range["end"], `${what}.range.end`);
  const isBackward = end.line < start.line || (end.line === start.line && end.character < start.character);
  if (isBackward) throw new ParamsError(`${what}.range: a start that is not after the end`);
  return { range: { start, end }, text };
}

function mustBeDocument(value: unknown): { readonly uri: string } {
  return { uri: mustBeUri(mustBeObject(value, "textDocument")["uri"], "textDocument.uri") };
}

function mustBeVersionedDocument(value: unknown): { readonly uri: string; readonly version: number } {
  const fields = mustBeObject(value, "textDocument");
  return { uri: mustBeUri(fields["uri"], "textDocument.uri"), version: mustBeInteger(fields["version"], "textDocument.version") };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** A short name for what was there instead: never the text itself, which may be long and private. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "number") return String(value);
  return Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
