// Owns how the cases reach the extension: its API, its manifest, the sidecar's own figures, and the documents of the sample.
import * as vscode from "vscode";
import type { PalimpsestApi } from "../../../extension/src/api";
import type { CompletionRecord } from "../../../sidecar/protocol/data";
import { condition } from "../condition";

export const waitMsMax = 60_000;

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.all.find(({ packageJSON }) => (packageJSON as { name?: string }).name === "palimpsest");
  if (found === undefined) throw new Error("VS Code does not know the extension");
  return found;
}

/** The active extension's API. */
export async function api(): Promise<PalimpsestApi> {
  return (await extension().activate()) as PalimpsestApi;
}

/** Waits until a model serves; gives the API. */
export async function readyApi(): Promise<PalimpsestApi> {
  const active = await api();
  await condition("a model serves", waitMsMax, () => ["ready", "healing", "reading"].includes(active.state()));
  return active;
}

/** The completions of a document that the sidecar has told of, oldest first. */
export async function recordsOf(document: vscode.TextDocument): Promise<readonly CompletionRecord[]> {
  const { recent } = await (await api()).statistics();
  return recent.filter(({ uri }) => uri === document.uri.toString());
}

/** Waits for the completion that was asked for at this version or later; gives what became of it. */
export async function recordAt(document: vscode.TextDocument, version: number): Promise<CompletionRecord> {
  return await condition(`an answer at version ${version}`, waitMsMax, async () =>
    (await recordsOf(document)).findLast((record) => version <= record.version && isAnswered(record)));
}

/** Not taken back: an editor takes a request back when it makes the next. */
function isAnswered({ outcome }: CompletionRecord): boolean {
  return !["cancelled", "superseded", "modelLoading"].includes(outcome.kind);
}

let opened = 0;

/** A new TypeScript document of the folder that is saved nowhere, with the cursor at its end. No two have the same name. */
export async function openText(content: string): Promise<vscode.TextEditor> {
  opened += 1;
  const uri = sampleUri(`src/case${opened}.ts`).with({ scheme: "untitled" });
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), content));
  placeAtEnd(editor);
  return editor;
}

export async function closeText(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
}

/** Types as a user does, a key at a time. */
export async function type(text: string): Promise<void> {
  for (const key of text) await vscode.commands.executeCommand("type", { text: key });
}

export function placeAtEnd(editor: vscode.TextEditor): void {
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
}

export function sampleUri(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error("no folder is open");
  return vscode.Uri.joinPath(folder.uri, path);
}

export async function openSample(path: string): Promise<vscode.TextEditor> {
  return await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(sampleUri(path)));
}

const changed = new Set<string>();

/** Behind a case, however it ended: settings as the manifest has them, and nothing open. */
export async function tidyUp(): Promise<void> {
  for (const name of changed) await setForUser(name, undefined);
  while (vscode.window.activeTextEditor !== undefined) await closeText();
}

/** A setting of the user's, or of the machine where it is one; undefined: as the manifest has it. Settles when the extension has heard of it. */
export async function setForUser(name: string, value: unknown, languageId?: string): Promise<void> {
  const scope = languageId === undefined ? undefined : { languageId };
  if (languageId === undefined) changed.add(name);
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration("palimpsest", scope);
  const before = JSON.stringify(configuration().get(name));
  await configuration().update(name, value, vscode.ConfigurationTarget.Global, languageId !== undefined);
  const wanted = JSON.stringify(value ?? configuration().inspect(name)?.defaultValue);
  // The extension's own listener is older than any that looks for the value now.
  if (before !== wanted) await condition(`palimpsest.${name} is ${wanted}`, waitMsMax, () => JSON.stringify(configuration().get(name)) === wanted);
}

/** Waits for `work`; should it fail, the error says what the sidecar answered meanwhile. */
export async function whatWasSaid<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const { state, statistics } = await api();
    const { recent, model } = await statistics();
    const outcomes = recent.slice(-8).map(({ line, character, outcome, requestMs }) =>
      `${line}:${character} ${JSON.stringify(outcome)} ${Math.round(requestMs)} ms`);
    throw new Error(`${String(error)}; ${state()}, ${JSON.stringify(model.state)}: ${outcomes.join(", ")}`);
  }
}
