// Owns the answers to the sidecar's question which names are legal at a place: those of the editor's own language features, for
// the document as it is open. Touches no document. What counts as a name is the sidecar's to say.
import * as vscode from "vscode";
import type { MembersParams, MembersResult } from "../../../sidecar/protocol/messages";
import { nameStart } from "../../../sidecar/protocol/nameStart";
import { openDocument } from "../fromProto";

export async function answerMembers({ textDocument, offsetUtf16, kind }: MembersParams): Promise<MembersResult> {
  const document = openDocument(textDocument.uri);
  if (document === undefined) return { kind: "open", reason: "the document is not open" };
  if (document.version !== textDocument.version) return { kind: "open", reason: "the text has changed" };
  const cursor = document.positionAt(offsetUtf16);
  if (kind === "signature") {
    const help = await vscode.commands.executeCommand<vscode.SignatureHelp | undefined>("vscode.executeSignatureHelpProvider", document.uri, cursor);
    return { kind: "signatures", help: help ?? null };
  }
  // At the name's beginning every service tells of all names, whatever is typed.
  const { offset, quoted } = nameStart(document.lineAt(cursor.line).text.slice(0, cursor.character));
  const place = cursor.with({ character: offset });
  const list = await vscode.commands.executeCommand<vscode.CompletionList | undefined>("vscode.executeCompletionItemProvider", document.uri, place);
  return { kind: "completions", list: list === undefined ? null : { isIncomplete: list.isIncomplete === true, items: list.items.map(toWireItem) }, quoted };
}

const textKind = 1;
const snippetFormat = 2;

/** LSP counts kinds from 1, the editor from 0; the editor's last two (a person, an issue) are no names of code. */
function toWireItem({ label, kind, insertText }: vscode.CompletionItem): object {
  const snippet = insertText === undefined || typeof insertText === "string" ? undefined : { insertText: insertText.value, insertTextFormat: snippetFormat };
  const written = snippet ?? (insertText === undefined ? {} : { insertText });
  const isCode = kind === undefined || kind <= vscode.CompletionItemKind.TypeParameter;
  return { label: typeof label === "string" ? label : label.label, ...(kind === undefined ? {} : { kind: isCode ? kind + 1 : textKind }), ...written };
}
