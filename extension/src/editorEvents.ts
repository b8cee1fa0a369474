// Owns which events of the editor concern whom: documents in view and their changes go to the structures, moves of the
// cursor to the cursor watch. Does no work in an event beyond handing it on.
import * as vscode from "vscode";
import type { CursorWatch } from "./cursor";
import { changeKey, whyNotSent } from "./documents";
import type { HandlerTimes } from "./handlerTimes";
import type { DocumentView, Structures } from "./syntax/structure";
import { toWirePosition, toWireUri } from "./toProto";

export interface EventParts {
  readonly structures: Structures;
  readonly cursor: CursorWatch;
  readonly times: HandlerTimes;
  readonly onActiveDocument: (document: vscode.TextDocument | undefined) => void;
  readonly onChanged: (document: vscode.TextDocument) => void;
}

export function followEditor(parts: EventParts): readonly vscode.Disposable[] {
  showVisible(parts);
  return [
    vscode.window.onDidChangeVisibleTextEditors(() => showVisible(parts)),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      parts.onActiveDocument(editor?.document);
      if (editor !== undefined) moved(parts, editor);
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => moved(parts, textEditor)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0 || whyNotSent(document) !== undefined) return;
      parts.times.measure(changeKey(document), () => changed(parts, document, contentChanges));
    }),
    vscode.workspace.onDidCloseTextDocument((document) => parts.structures.forget(toWireUri(document.uri))),
    vscode.workspace.onDidOpenTextDocument((document) => {
      // A document that changes its language is closed and opened, and stays in view.
      if (vscode.window.visibleTextEditors.some((editor) => editor.document === document)) showVisible(parts);
    }),
  ];
}

function changed(
  { structures, cursor, onChanged }: EventParts, document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[],
): void {
  const uri = toWireUri(document.uri);
  onChanged(document);
  cursor.edit(uri);
  structures.change(uri, changes.map(({ rangeOffset, rangeLength, text }) => ({
    startUtf16: rangeOffset,
    endUtf16: rangeOffset + rangeLength,
    text,
  })));
}

function showVisible({ structures }: EventParts): void {
  for (const { document } of vscode.window.visibleTextEditors) {
    if (whyNotSent(document) === undefined) structures.show(viewOf(document));
  }
}

function moved({ cursor }: EventParts, editor: vscode.TextEditor): void {
  if (whyNotSent(editor.document) === undefined) cursor.move(toWireUri(editor.document.uri), toWirePosition(editor.selection.active));
}

function viewOf(document: vscode.TextDocument): DocumentView {
  return {
    uri: toWireUri(document.uri),
    languageId: document.languageId,
    version: () => document.version,
    text: () => document.getText(),
    lengthUtf16: () => document.offsetAt(document.lineAt(document.lineCount - 1).range.end),
  };
}
