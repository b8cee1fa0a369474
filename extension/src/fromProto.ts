// Owns the way in: what the wire names becomes what the editor holds.
import * as vscode from "vscode";

/** The open document with this URI, or undefined where it was closed since. */
export function openDocument(uri: string): vscode.TextDocument | undefined {
  const wanted = vscode.Uri.parse(uri).toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === wanted);
}

/** A document's path in the workspace, for reading. */
export function shortName(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri), false);
}
