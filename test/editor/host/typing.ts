// Owns one program to complete in, and what becomes of typing in it: the editor asks by itself, or is asked by key.
import * as vscode from "vscode";
import type { CompletionRecord } from "../../../sidecar/protocol/data";
import { condition } from "../condition";
import { closeText, openText, placeAtEnd, readyApi, recordAt, recordsOf, type, whatWasSaid } from "./extensionUnderTest";

const suggestionMsMax = 30_000;

/** Behind it a function of several lines is what comes to mind. */
export const program = `/** Adds two numbers. */
export function add(left: number, right: number): number {
  return left + right;
}

/** Subtracts one number from another. */
export function subtract(left: number, right: number): number {
  return left - right;
}

/** Multiplies two numbers. */
`;

export async function withText(body: (editor: vscode.TextEditor) => Promise<void>): Promise<void> {
  await readyApi();
  await body(await openText(program));
  await closeText();
}

/** Types, and gives what became of the completion that the editor asked for by itself. */
export async function typedRecord(document: vscode.TextDocument, text = "// "): Promise<CompletionRecord> {
  await type(text);
  return await recordAt(document, document.version);
}

/** How many completions there are once the latest change has been answered. */
export async function settledRecords(document: vscode.TextDocument): Promise<number> {
  await recordAt(document, document.version);
  return (await recordsOf(document)).length;
}

/** What is suggested behind the program when it is asked for by key, as accepting it shows; the document stays as it was. */
export async function suggestion(document: vscode.TextDocument): Promise<string> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) throw new Error("another document is in front");
  await editor.edit((edit) => edit.replace(new vscode.Range(new vscode.Position(0, 0), editor.document.lineAt(document.lineCount - 1).range.end), program));
  placeAtEnd(editor);
  await vscode.commands.executeCommand("hideSuggestWidget");
  let askedMs = -Infinity;
  await whatWasSaid(condition("a suggestion", suggestionMsMax, async () => {
    // A new request ends the one before: on a busy machine a suggestion needs its time.
    if (8_000 < Date.now() - askedMs) {
      askedMs = Date.now();
      await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
    }
    await vscode.commands.executeCommand("editor.action.inlineSuggest.commit");
    return document.getText() !== program;
  }));
  return document.getText().slice(program.length);
}
