// Owns what a list of completions says about legal names: of the items of LSP only those that name something, by the text
// that they write. Trusts no field of them. Pure.
import { limits } from "../base/limits";
import type { MonitorAnswer } from "../decode/mgd/memberSource";

export interface ListedPlace {
  readonly quoted: boolean;
  /** The source calls every list incomplete, and lists all there is where nothing is typed. */
  readonly incompleteIsWhole: boolean;
}

/** LSP's kinds of what is no name: a plain word of the text, and a snippet. */
const textKind = 1;
const snippetKind = 15;
const snippetFormat = 2;

type Fields = Readonly<Record<string, unknown>>;

/** @param list LSP's `CompletionItem[] | CompletionList | null`, as it came */
export function namesIn(list: unknown, place: ListedPlace): MonitorAnswer {
  if (list === null || list === undefined) return open("nothing is known of what stands before it");
  const fields = fieldsOf(list);
  const items = Array.isArray(list) ? list : fields["items"];
  if (!Array.isArray(items)) return open("the list of names can't be read");
  if (limits.monitorNamesMax < items.length) return open(`${items.length} names, more than ${limits.monitorNamesMax}`);
  if (fields["isIncomplete"] === true && !place.incompleteIsWhole) return open("the list of names is incomplete");
  const named = items.map(fieldsOf).filter(({ kind }) => kind !== textKind && kind !== snippetKind);
  const names = new Set(named.flatMap((item) => nameOf(item, place.quoted) ?? []));
  if (names.size > 0) return { kind: "names", names: [...names] };
  return open(items.length === 0 ? "no name is known there" : "only words of the text are known there");
}

function nameOf(item: Fields, quoted: boolean): string | undefined {
  const written = writtenBy(item);
  if (written === undefined) return undefined;
  if (quoted) return unquoted(written);
  // Some write the dot again, and some the one for a receiver that may be missing.
  const text = written.replace(/^(?:\?\.|\.|->|::)/, "").trimStart();
  // A key as it must be written in an object.
  if (/^(["'])(?:(?!\1).)+\1$/.test(text)) return text;
  return /^[#@]?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/u.exec(text)?.[0];
}

/** What the item puts into the text; the label where that is a snippet. */
function writtenBy(item: Fields): string | undefined {
  const { label, insertText, insertTextFormat, textEdit } = item;
  const newText = fieldsOf(textEdit)["newText"];
  const text = insertTextFormat === snippetFormat ? label : (newText ?? insertText ?? label);
  return typeof text === "string" && text !== "" ? text : undefined;
}

function unquoted(text: string): string {
  return /^(["'`])([^]*)\1$/.exec(text)?.[2] ?? text;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function open(reason: string): MonitorAnswer {
  return { kind: "open", reason };
}
