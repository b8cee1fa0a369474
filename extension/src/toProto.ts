// Owns the way out: values of the editor and of the syntax tree become values of the wire, by hand.
import type * as vscode from "vscode";
import { structureKinds, type CursorParams, type StructureParams } from "../../sidecar/protocol/messages";
import type { SyntaxSpan } from "../../grammars/spans";

export interface WirePosition {
  readonly line: number;
  readonly character: number;
}

/** As the language client spells it in its own messages. */
export function toWireUri(uri: vscode.Uri): string {
  return uri.toString();
}

export function toWirePosition(position: Pick<vscode.Position, "line" | "character">): WirePosition {
  return { line: position.line, character: position.character };
}

export function toCursorParams(uri: string, position: Pick<vscode.Position, "line" | "character">): CursorParams {
  return { textDocument: { uri }, position: toWirePosition(position) };
}

/** Spans as triples of kind index, start and end; outer before inner, as they come. */
export function toStructureParams(uri: string, version: number, spans: readonly SyntaxSpan[]): StructureParams {
  return {
    textDocument: { uri, version },
    spans: spans.flatMap((span) => [structureKinds.indexOf(span.kind), span.startUtf16, span.endUtf16]),
  };
}
