// Owns a recording in progress in the editor: feeds the recorder from the events of one document, and saves the trace.
import * as vscode from "vscode";
import { toWirePosition } from "../toProto";
import { TraceRecorder, type TraceChange } from "./recorder";

export class EditorRecording implements vscode.Disposable {
  private readonly recorder: TraceRecorder;
  private readonly listeners: vscode.Disposable[] = [];

  constructor(private readonly document: vscode.TextDocument) {
    const head = { uri: vscode.workspace.asRelativePath(document.uri, false), languageId: document.languageId, text: document.getText() };
    this.recorder = new TraceRecorder(head, performance.now());
    const editor = vscode.window.visibleTextEditors.find((candidate) => candidate.document === document);
    if (editor !== undefined) this.recorder.cursor(performance.now(), toWirePosition(editor.selection.active));
    this.listeners.push(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document) this.recorder.edit(performance.now(), event.contentChanges.map(toTraceChange));
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        const [selection] = selections;
        if (textEditor.document !== document || selection === undefined) return;
        this.recorder.cursor(performance.now(), toWirePosition(selection.active));
      }),
    );
  }

  /** A completion is asked for; undefined where it is for another document. */
  asked(document: vscode.TextDocument, position: vscode.Position): number | undefined {
    if (document !== this.document) return undefined;
    return this.recorder.complete(performance.now(), toWirePosition(position), document.offsetAt(position));
  }

  shown(request: number, text: string): void {
    this.recorder.shown(request, text);
  }

  accepted(request: number): void {
    this.recorder.accepted(request);
  }

  /** Ends the recording and asks where it is to be kept. Gives the file, or undefined where the user keeps none. */
  async save(): Promise<vscode.Uri | undefined> {
    this.dispose();
    const folder = vscode.workspace.getWorkspaceFolder(this.document.uri)?.uri;
    const target = await vscode.window.showSaveDialog({
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, "trace.jsonl") }),
      filters: { "Edit trace": ["jsonl"] },
      saveLabel: "Save Trace",
    });
    if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(this.recorder.finish()));
    return target;
  }

  dispose(): void {
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }
}

function toTraceChange(change: vscode.TextDocumentContentChangeEvent): TraceChange {
  return {
    range: { start: toWirePosition(change.range.start), end: toWirePosition(change.range.end) },
    startUtf16: change.rangeOffset,
    endUtf16: change.rangeOffset + change.rangeLength,
    text: change.text,
  };
}
